"""Reads DuckDB: a file, opened for reading only, or no file and a query of Parquet or CSV files."""

from pathlib import Path
from typing import Any

from gated.errors import DataError, UsageError
from gated.table.io.databases.batches import BATCH_ROWS, of_batches
from gated.table.io.databases.result import result
from gated.table.io.databases.statement import chosen_table, first_line, only_reading, whole_table
from gated.table.io.kinds.loaded import Loaded
from gated.text import option

__all__ = ["read_duck"]

_TABLES = (
    "SELECT CASE WHEN table_schema = 'main' THEN table_name "
    "ELSE table_schema || '.' || table_name END FROM information_schema.tables "
    "WHERE table_catalog = current_database() ORDER BY 1"
)
# Else a query could fetch and run a part of DuckDB's code from the network.
_SETTINGS = {"autoinstall_known_extensions": "false"}


def read_duck(
    path: Path | None, query: str | None, table: str | None, *, can_choose: bool
) -> Loaded:
    """Read the result of a query, or a table of a DuckDB database.

    Args:
        path: the database; None: none, and the query reads files.
        query: the query; None: a whole table.
        table: its name; None: the only one.
        can_choose: whether the caller's user can name a table or give a query, for messages.

    Raises:
        DataError: the file is no such database, or the query fails.
        UsageError: DuckDB is not installed, there is no such table, or the query does not read.
    """
    try:
        import duckdb
    except ImportError as problem:
        raise UsageError(
            "DuckDB is read by the library duckdb, which is not installed. Install it with pip "
            'install "gated[sql]", or save the result of the query as a Parquet file.'
        ) from problem

    name = "DuckDB" if path is None else path.name
    statement = None if query is None else only_reading(query)
    if path is None and statement is None:
        raise UsageError(
            "duckdb:// names no file. Expected one, such as duckdb:///shop.db, or a query of files "
            f"with {option('query')}, such as \"SELECT * FROM 'sales.parquet'\"."
        )
    try:
        connected = duckdb.connect(str(path or ":memory:"), path is not None, dict(_SETTINGS))
        with connected as connection:
            if statement is None:
                tables = [row[0] for row in connection.execute(_TABLES).fetchall()]
                table = chosen_table(name, tables, table, can_choose)
                schema, dot, own = table.partition(".")
                source = f'"{schema}"."{own}"' if dot and table in tables else None
                statement = whole_table(table) if source is None else f"SELECT * FROM {source}"
            _check_one_select(connection, statement, name)
            reader = connection.sql(statement).to_arrow_reader(BATCH_ROWS)
            rows = of_batches(name, reader.schema, reader)
    except duckdb.Error as problem:
        what = "the database cannot be read" if query is None else "the query failed"
        raise DataError(f"{name}: {what} ({first_line(problem)}).") from problem
    return result(rows, name, table)


def _check_one_select(connection: Any, statement: str, name: str) -> None:
    """Refuse several statements, and those that write: COPY, INSTALL and others."""
    found = connection.extract_statements(statement)
    kinds = [str(one.type).rpartition(".")[2] for one in found]
    if kinds != ["SELECT"]:
        raise UsageError(
            f"{name}: the query was refused, because it is {' and '.join(kinds)}. Expected one "
            "SELECT, which changes nothing."
        )
