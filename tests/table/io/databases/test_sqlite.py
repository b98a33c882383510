"""Tests SQLite: a query or a table of a file that cannot be changed."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gated import read_table
from gated.errors import DataError, UsageError
from gated.table.io.source import open_source
from tests.table.io.databases.shops import DAYS, write_sqlite

QUERY = "select day, revenue from sales"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write_sqlite(tmp_path / "shop.db", "sales", "daily sales")


def refusal(source: object, **options: str | None) -> str:
    with pytest.raises((DataError, UsageError)) as caught:
        read_table(source, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_query_of_an_address_and_of_a_file(shop: Path) -> None:
    for source in (f"sqlite:///{shop}", f"sqlite+pysqlite:///{shop}", shop, str(shop)):
        table = read_table(source, query=f"-- of one shop\n{QUERY};")
        assert list(table.y[:3]) == [0.5, 1.5, 2.5]
        assert table.frequency.alias == "D"
        assert table.n_rows == len(DAYS)


def test_an_address_is_relative_to_the_folder(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.parent)
    assert read_table("sqlite:///shop.db", query=QUERY).n_rows == len(DAYS)


def test_the_only_table_is_read(tmp_path: Path) -> None:
    path = write_sqlite(tmp_path / "shop.db", "sales")
    source = open_source(path)
    assert source.frame.columns == ["day", "revenue", "open"]
    assert source.notes == ("The table is `sales`.",)
    assert source.where(4) == "shop.db, table sales: row 5"


def test_of_several_tables_one_is_named(shop: Path) -> None:
    message = refusal(shop)
    assert (
        "several tables: `sales`, `daily sales`. Name one with sheet=, or give a query" in message
    )
    assert 'such as "SELECT * FROM sales".' in message
    assert read_table(shop, sheet="daily sales").n_rows == len(DAYS)
    assert read_table(shop, sheet="Sales").n_rows == len(DAYS)
    assert "no table `sale` (sheet=). Did you mean `sales`?" in refusal(shop, sheet="sale")
    assert "are two tables. Give one of them" in refusal(shop, sheet="sales", query=QUERY)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select day from sale", "shop.db: the query failed (no such table: sale)."),
        ("select day, from sales", 'the query failed (near "from": syntax error).'),
        ("delete from sales", "does not begin with SELECT"),
        ("select 1; delete from sales", "is several statements"),
        ("with a as (select 1) delete from sales", "refused (not authorized)"),
        ("", "does not begin with SELECT"),
        ("select day, revenue from sales where 0", "the table has no rows"),
    ],
)
def test_queries_that_fail_or_write(shop: Path, query: str, words: str) -> None:
    before = shop.read_bytes()
    assert words in refusal(shop, query=query)
    assert shop.read_bytes() == before


def test_other_sources_have_no_query(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ds,y\n2024-01-01,1\n")
    assert "a.csv is not a database of SQLite or DuckDB" in refusal(tmp_path / "a.csv", query=QUERY)
    assert "is of a database, and the table is none" in refusal([1.0, 2.0], query=QUERY)
    assert "there is no such file" in refusal("sqlite:///nowhere.db")
    assert "names no file. Expected three slashes" in refusal("sqlite://shop.db")
    assert "lost slashes. Give it as text" in refusal(Path("sqlite:///shop.db"))
    (tmp_path / "empty.db").write_bytes(b"")
    assert "the file is empty" in refusal(f"sqlite:///{tmp_path}/empty.db")


def test_a_log_beside_the_database_is_read_and_none_is_written(tmp_path: Path) -> None:
    path = write_sqlite(tmp_path / "shop.db", "sales", journal="wal")
    assert read_table(path).n_rows == len(DAYS)
    assert [entry.name for entry in tmp_path.iterdir()] == ["shop.db"]
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("INSERT INTO sales VALUES ('2024-01-31', 9, 1)")
        writer.commit()
        assert read_table(path).n_rows == len(DAYS) + 1
    (tmp_path / "shop.db.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert read_table(tmp_path / "shop.db.gz").n_rows == len(DAYS) + 1


def test_cells_of_all_types(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE a(day, price, mixed, absent, data)")
        rows = [
            ("01.02.2024", "1.234,5", 1, None, b"\x01"),
            ("13.02.2024", "2.000,5", "b", None, None),
            ("25.02.2024", None, 2.5, None, b"\xff"),
        ]
        connection.executemany("INSERT INTO a VALUES (?, ?, ?, ?, ?)", rows)
        connection.commit()
    frame = open_source(path).frame
    assert list(frame["mixed"]) == ["1", "b", "2.5"]
    assert list(frame["absent"]) == [None] * 3
    assert list(frame["data"]) == ["01", None, "ff"]
    table = read_table(path, query="select day, price from a", freq="12D")
    assert list(table.y[:2]) == [1234.5, 2000.5]


def test_texts_of_older_programs(tmp_path: Path) -> None:
    path = write_sqlite(tmp_path / "a.db", "sales")
    query = "select day, revenue, cast(x'4dfc' as text) as shop from sales"
    assert open_source(path, query=query).frame["shop"][0] == "Mü"


def test_a_large_result_is_refused(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gated.table.io.databases.batches.MOST_BYTES", 10_000)
    endless = "with recursive n(i) as (select 1 union all select i+1 from n) select i, i y from n"
    assert "more than 10,000 bytes" in refusal(shop, query=endless)
