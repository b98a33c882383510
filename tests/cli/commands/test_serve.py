"""`gated serve` and `gated keys`: options, keys, and what is missing."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Gated

pytest.importorskip("sqlalchemy", reason="the server needs SQLAlchemy: gated[serve]")
pytest.importorskip("fastapi", reason="the server needs FastAPI: gated[serve]")
pytest.importorskip("alembic", reason="the server needs Alembic: gated[serve]")


def test_a_key_is_shown_once(gated: Gated, tmp_path: Path) -> None:
    made = gated("keys", "add", "till", "--store", "a.db", "--per-minute", 60)
    assert made.exit_code == 0
    assert made.stdout.startswith("gated_")
    assert "It is shown only now" in made.stderr
    listed = gated("keys", "list", "--store", "a.db")
    assert listed.stdout.startswith("till  60 a minute, made ")
    assert made.stdout.strip() not in listed.stdout
    assert gated("keys", "remove", "till", "--store", "a.db").exit_code == 0
    assert gated("keys", "list", "--store", "a.db").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add",), "Expected gated keys add NAME."),
        (("list", "till"), "list takes no name."),
        (("remove", "till"), "There is no key of the name till."),
        (("rename", "till"), "rename is unknown."),
        (("remove", "till", "--per-minute", "5"), "--per-minute is of gated keys add"),
        (("list", "--store", "missing/a.db"), "Make it first."),
        (("list", "--store", "mysql://host/a"), "of kind mysql is not supported"),
    ],
)
def test_a_wrong_argument_is_one_sentence(
    gated: Gated, arguments: tuple[str, ...], sentence: str
) -> None:
    result = gated("keys", *arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_the_options_reach_the_server(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr("gated.serve.run", served.append)
    assert gated("serve", "--store", "a.db", "--port", 9000, "--host", "::1").exit_code == 0
    (settings,) = served
    assert (settings.store, settings.port, settings.host) == ("a.db", 9000, "::1")
    assert settings.is_loopback


def test_other_machines_need_a_key(gated: Gated) -> None:
    result = gated("serve", "--host", "0.0.0.0")
    assert result.exit_code == 2
    assert "gated keys add NAME --store gated-store.db" in result.stderr


def test_a_missing_package_is_named(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("gated.serve", "gated.store"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    result = gated("serve")
    assert result.exit_code == 2
    assert 'gated serve needs the package sqlalchemy: pip install "gated[serve]"' in result.stderr


def test_a_password_of_the_store_is_not_printed(
    gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("psycopg", reason="the driver psycopg is missing: gated[serve,postgres]")
    monkeypatch.setenv("GATED_STORE", "postgresql://me:secret@127.0.0.1:9/sales")
    result = gated("keys", "list")
    assert "GATED_STORE postgresql://me:***@127.0.0.1:9/sales" in result.stderr
    assert "secret" not in result.stderr
