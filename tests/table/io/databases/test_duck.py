"""Tests DuckDB: a database, and queries of files."""

from pathlib import Path

import pytest

from gated import read_table
from gated.errors import DataError, UsageError
from gated.table.io.source import open_source

duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")

SALES = (
    "select date '2024-01-01' + i::int as day, (i % 7)::decimal(10, 2) + 0.25 as revenue, "
    "sum(i) over () as total, [i] as list, null as nothing, i = 1 as open, "
    "interval 1 day as span from range(30) t(i)"
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create table sales as {SALES}")
        connection.execute(f"copy sales to '{tmp_path}/sales.parquet'")
    return path


def test_a_table_and_a_query(shop: Path) -> None:
    for source in (shop, f"duckdb:///{shop}"):
        table = read_table(source, query="from sales order by day;", target_col="revenue")
        assert list(table.y[:2]) == [0.25, 1.25]
    source = open_source(shop)
    assert source.notes == ("The table is `sales`.",)
    assert list(source.frame["total"])[:1] == [435]
    assert list(source.frame["list"])[:1] == ["[0]"]
    assert source.frame["nothing"].null_count() == 30


@pytest.mark.parametrize("address", ["duckdb://", "duckdb:///:memory:"])
def test_a_query_of_files(shop: Path, address: str) -> None:
    files = shop.with_name("sales.parquet")
    table = read_table(address, query=f"select day, sum(revenue) y from '{files}' group by day")
    assert sorted(table.y[:7]) == [0.25 + at for at in range(7)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select * from sale", "Table with name sale does not exist"),
        ("copy sales to 'x.csv'", "does not begin with SELECT"),
        ("with a as (select 1) insert into sales from a", "refused, because it is INSERT"),
        ("select * from 'https://127.0.0.1:1/a.parquet'", "the query failed ("),
    ],
)
def test_queries_that_fail_or_write(shop: Path, query: str, words: str) -> None:
    with pytest.raises((DataError, UsageError)) as caught:
        open_source(shop, query=query)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_address_without_a_file_needs_a_query() -> None:
    with pytest.raises(UsageError, match="or a query of files with query="):
        open_source("duckdb://")


def test_several_tables(shop: Path) -> None:
    with duckdb.connect(str(shop)) as connection:
        connection.execute('create schema old; create table old."daily sales" as from sales')
    with pytest.raises(DataError, match=r"several tables: `old.daily sales`, `sales`"):
        open_source(shop)
    assert len(open_source(shop, sheet="old.daily sales").frame) == 30


def test_a_missing_library(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(UsageError, match=r'pip install "gated\[sql\]"'):
        open_source(shop)
