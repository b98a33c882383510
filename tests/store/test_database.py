"""Addresses of stores, and the errors of databases as sentences."""

import sqlite3
from pathlib import Path

import pytest

from gated.errors import StoreError, StoreFullError, UsageError
from gated.store import Store, Write
from gated.store.database import store_url


def test_addresses_that_are_no_store_are_refused() -> None:
    with pytest.raises(UsageError, match="of kind mysql is not supported"):
        store_url("mysql://host/name")
    with pytest.raises(UsageError, match="cannot be read") as refused:
        store_url("://secret@host")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("address", [":memory:", "sqlite://", "sqlite:///:memory:"])
def test_a_store_in_memory_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="A store in memory keeps nothing"):
        store_url(address)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no folder .*missing\. Make it first"):
        Store(str(tmp_path / "missing" / "store.db"))


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_text("unique_id,ds,y\n" * 100)
    with pytest.raises(StoreError, match="file is not a database"):
        Store(str(path))
    assert path.read_text() == "unique_id,ds,y\n" * 100


def test_a_server_that_cannot_be_reached_is_an_error_without_its_password() -> None:
    pytest.importorskip("psycopg", reason="the driver psycopg is missing: gated[serve,postgres]")
    with pytest.raises(StoreError, match="cannot be used") as refused:
        Store("postgresql://me:secret@127.0.0.1:9/sales")
    assert "secret" not in str(refused.value)


def test_sqlite_is_durable_and_has_a_log(tmp_path: Path) -> None:
    with Store(str(tmp_path / "store.db")) as store, store._database.reading() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 2, 1]  # 2: FULL


def test_another_writer_is_waited_for_then_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gated.store.database._SECONDS_TO_WAIT", 0.2)
    path = tmp_path / "store.db"
    with Store(str(path)) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="in use: another program"):
            store.series.write(Write("a", "integer", [1], [1.0]))
        assert store.series.page(most=9).series == ()  # readers do not wait
        other.execute("ROLLBACK")
        other.close()
        store.series.write(Write("a", "integer", [1], [1.0]))


def test_a_full_database_is_named_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    with Store(str(tmp_path / "store.db")) as store:
        store.series.write(Write("a", "integer", [1], [1.0]))
        with store._database.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreFullError, match="is full"):
            store.series.write(Write("b", "integer", range(10_000), [0.5] * 10_000))
        found = store.series.rows("a")
        assert found is not None
        assert found.y.tolist() == [1.0]
        assert store.series.info("b") is None
