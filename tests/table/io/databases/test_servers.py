"""Tests databases that SQLAlchemy connects to; SQLite stands for a server."""

import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from gated import read_table
from gated.errors import DataError, UsageError
from gated.table.io.databases import servers
from gated.table.io.databases.batches import of_rows
from gated.table.io.databases.servers import read_server
from tests.table.io.databases.shops import DAYS, write_sqlite

pytest.importorskip("sqlalchemy", reason="sqlalchemy is not installed")

NOWHERE = "postgresql://anna:geheim@127.0.0.1:1/shop"


@pytest.fixture
def shop(tmp_path: Path) -> str:
    return f"sqlite:///{write_sqlite(tmp_path / 'shop.db', 'sales', 'stores')}"


def refusal(address: str, query: str | None = "select 1", table: str | None = None) -> str:
    with pytest.raises((DataError, UsageError)) as caught:
        read_server(address, query, table, can_choose=True)
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_query_and_a_table(shop: str) -> None:
    found = read_server(
        shop, "select day, revenue from sales where day like '%-0_'", None, can_choose=True
    )
    assert len(found.frame) == 9
    assert found.where(0) == "shop.db, query: row 1"
    assert len(read_server(shop, None, "sales", can_choose=True).frame) == len(DAYS)
    assert "several tables: `sales`, `stores`" in refusal(shop, None)
    assert "(no such table: sale)" in refusal(shop, "select day from sale")


def test_a_schema_before_a_table(shop: str) -> None:
    assert len(read_server(shop, None, "main.stores", can_choose=True).frame) == len(DAYS)


def test_words_that_write_are_refused_where_the_system_cannot(shop: str) -> None:
    assert "the word DELETE" in refusal(shop, "with a as (select 1) delete from sales")
    assert "several statements" in refusal(shop, "select 1; drop table sales")
    assert "no such column" in refusal(shop, "select [delete] from sales -- delete")


def test_errors_of_an_address_hide_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "sign @ more than once" in refusal("postgresql://anna:ge@heim@host/shop")
    assert "cannot read snowflake without a package" in refusal("snowflake://anna:geheim@host/shop")
    monkeypatch.setattr(servers, "find_spec", lambda _: None)
    for module in ("psycopg", "psycopg2"):
        monkeypatch.setitem(sys.modules, module, None)
    message = refusal("postgresql://anna:geheim@host/shop")
    assert message.startswith("postgresql://anna:***@host/shop: postgresql is read by SQLAlchemy")
    assert "pip install" in message
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    assert 'pip install "gated[sql]"' in refusal(NOWHERE)


def test_a_server_that_does_not_answer() -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    assert "the database is not reached (" in refusal(NOWHERE)


def test_the_address_in_read_table(shop: str) -> None:
    with pytest.raises(UsageError, match="sign @ more than once"):
        read_table("mysql://anna:ge@heim@host/shop", query="select 1")


def types(*batches: list[object], zone: str = "UTC") -> pa.DataType:
    table = of_rows("a", ["y"], [[(cell,) for cell in batch] for batch in batches], zone)
    return table.column(0).type


def test_batches_get_one_type() -> None:
    offset = datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    berlin = datetime(2024, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert types([1, None], [None], [2.5]) == pa.float64()
    assert types([Decimal("1.00")], [2]) == pa.int64()
    assert types([Decimal("1.50"), Decimal("NaN")]) == pa.float64()
    assert types([1], ["a"]) == pa.string()
    assert types([None]) == pa.string()
    assert types([berlin]) == pa.timestamp("us", tz="Europe/Berlin")
    assert types([offset], zone="Europe/Berlin") == pa.timestamp("us", tz="Europe/Berlin")
    assert types([berlin], [datetime(2024, 1, 1, tzinfo=UTC)]) == pa.timestamp("us", tz="UTC")
    assert types([datetime(2024, 1, 1)]) == pa.timestamp("us")
