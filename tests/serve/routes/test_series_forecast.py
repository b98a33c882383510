"""`/v1/series/…/forecast`: a stored series is forecast as its rows."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from gated.errors import StoreFullError
from tests.serve.conftest import Serve
from tests.serve.rows import WEEKS, add, days


def test_a_forecast_is_kept_until_the_rows_change(client: TestClient) -> None:
    add(client, "shop", days(WEEKS))
    forecast = "/v1/series/shop/forecast?h=3&level=80&level=95"
    first, again = client.get(forecast), client.get(forecast)
    assert first.status_code == 200
    assert first.content == again.content
    assert [row["ds"] for row in first.json()["rows"]] == ["2024-01-15", "2024-01-16", "2024-01-17"]
    assert "gated-hi-95" in first.json()["rows"][0]
    add(client, "shop", days([11.0], first="2024-01-15"))
    assert client.get(forecast).json()["rows"][0]["ds"] == "2024-01-16"
    assert not client.get(f"{forecast}&validated=false").json()["validated"]


def test_a_stored_series_is_forecast_as_its_rows(client: TestClient) -> None:
    add(client, "same", days(WEEKS))
    client.get("/v1/series/same/forecast?h=3&validated=false")
    for day in range(15, 20):
        add(client, "same", days([11.5 + day], first=f"2024-01-{day}"))
        query = "h=3&validated=false&level=80&quantiles=0.9"
        found = client.get(f"/v1/series/same/forecast?{query}").json()
        rows = client.get("/v1/series/same/rows?limit=1000").json()["rows"]
        body = {"rows": [{"unique_id": "same", **row} for row in rows], "h": 3}
        whole = client.post("/v1/forecast", json={**body, "quantiles": [0.9]}).json()
        assert found["rows"] == whole["rows"]
        assert found.pop("decided_rows") in (14, 17)
        assert found["freq"] == whole["freq"]


def test_a_removed_series_is_forecast_from_its_new_rows(client: TestClient) -> None:
    add(client, "again", days(WEEKS))
    path = "/v1/series/again/forecast?h=3&validated=false"
    first = client.get(path).json()
    client.delete("/v1/series/again")
    add(client, "again", days([100 * y for y in WEEKS]))
    assert client.get(path).json()["rows"][0]["gated"] > 50 * first["rows"][0]["gated"]


def test_a_full_store_still_forecasts(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def full(*_arguments: object) -> bool:
        raise StoreFullError("The disk of the store is full.")

    with serve() as client:
        add(client, "a", days(WEEKS))
        monkeypatch.setattr("gated.store.derived.DerivedStore.put_many", full)
        assert client.get("/v1/series/a/forecast?h=3&validated=false").status_code == 200
        monkeypatch.setattr("gated.store.series.SeriesStore._write", full)
        refused = add(client, "a", days(WEEKS))
        assert refused.status_code == 507
        assert "is full" in refused.json()["detail"]
        caplog.set_level("WARNING", "gated.serve")
    assert "states were not saved" in caplog.text


def test_the_usual_horizon_is_that_of_the_step(client: TestClient) -> None:
    add(client, "usual", days(WEEKS * 7))
    found = client.get("/v1/series/usual/forecast?validated=false").json()
    assert len(found["rows"]) == 28
    add(client, "gaps", days(WEEKS * 2)[:20] + days(WEEKS)[21:])
    found = client.get("/v1/series/gaps/forecast").json()
    assert len(found["rows"]) == 6
