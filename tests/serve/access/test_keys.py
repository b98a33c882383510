"""API keys: made once, checked in constant time, limited, needed beyond this machine."""

from pathlib import Path

import pytest

from gated.errors import UsageError
from gated.serve import Settings, run
from gated.serve.access.keys import Keyring, new_key
from gated.store import Store
from tests.serve.conftest import Serve


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store.db"))


def test_a_key_is_checked_and_its_secret_is_not_stored(store: Store, tmp_path: Path) -> None:
    key = new_key(store, "till", 60)
    ring = Keyring(store)
    found = ring.check(key)
    assert found is not None
    assert (found.name, found.per_minute) == ("till", 60)
    secret = key.split("_", 2)[2]  # it may have a "_" itself
    store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert secret[-20:].encode() not in stored


@pytest.mark.parametrize("change", ["", "x", "gated_0000000000000000_" + "a" * 43, "Ü" * 66])
def test_wrong_keys_are_refused(store: Store, change: str) -> None:
    new_key(store, "till", 60)
    assert Keyring(store).check(change) is None


def test_a_wrong_secret_is_refused(store: Store) -> None:
    key = new_key(store, "till", 60)
    assert Keyring(store).check(key[:-1] + ("A" if key[-1] != "A" else "B")) is None
    other = new_key(store, "other", 60)
    mixed = key.rpartition("_")[0] + "_" + other[-43:]
    assert Keyring(store).check(mixed) is None


def test_a_removed_key_is_refused_after_some_seconds(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gated.serve.access.keys._SECONDS_KEPT", 0.0)
    key = new_key(store, "till", 60)
    ring = Keyring(store)
    assert ring.check(key) is not None
    store.keys.remove("till")
    assert ring.check(key) is None


def test_beyond_this_machine_a_key_is_needed(serve: Serve, tmp_path: Path) -> None:
    with Store(str(tmp_path / "store.db")) as store:
        key = new_key(store, "till", 6_000)
    with serve(host="0.0.0.0") as client:
        for path in ("/v1/series", "/metrics", "/openapi.json", "/v2/models/gated"):
            refused = client.get(path)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"] == "Bearer"
            assert key not in refused.text
        for path in ("/healthz", "/readyz", "/", "/v2/health/live"):
            assert client.get(path).status_code == 200
        headers = {"authorization": f"Bearer {key}"}
        assert client.get("/v1/series", headers=headers).status_code == 200
        assert client.get("/v1/series", headers={"x-api-key": key}).status_code == 200
        assert client.get("/v1/series", headers={"x-api-key": key + "x"}).status_code == 401


def test_a_key_has_requests_a_minute(serve: Serve, tmp_path: Path) -> None:
    with Store(str(tmp_path / "store.db")) as store:
        key = new_key(store, "till", 3)
    with serve() as client:
        headers = {"x-api-key": key}
        found = [client.get("/v1/series", headers=headers).status_code for _ in range(5)]
        assert found == [200, 200, 200, 429, 429]
        refused = client.get("/v1/series", headers=headers)
        assert "may make 3 requests a minute" in refused.json()["detail"]
        assert 1 <= int(refused.headers["retry-after"]) <= 20


def test_without_a_key_other_machines_are_not_served(tmp_path: Path) -> None:
    settings = Settings(store=str(tmp_path / "store.db"), host="0.0.0.0")
    with pytest.raises(UsageError, match="has no API key"):
        run(settings)
