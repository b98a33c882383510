"""Reads a database that is named by an address or by the path of its file."""

from pathlib import Path

from gated.errors import UsageError
from gated.table.io.addresses import in_home, masked
from gated.table.io.kinds.loaded import Loaded, TableFile, first_bytes
from gated.table.io.kinds.signatures import kind_of_bytes
from gated.table.io.table_file import check_file
from gated.text import option

__all__ = ["read_database", "read_database_file"]

_IN_MEMORY = ("", ":memory:")


def read_database(
    address: str, query: str | None, table: str | None, *, can_choose: bool = True
) -> Loaded:
    """Read the result of a query, or a table, of the database at an address.

    SQLite is read by Python itself, DuckDB by its library, others by SQLAlchemy.

    Args:
        address: such as sqlite:///shop.db, duckdb:// or postgresql://user:password@host/shop.
        query: the query; None: a whole table.
        table: its name; None: the only one.
        can_choose: whether the caller's user can name a table or give a query, for messages.

    Raises:
        DataError: the database is not reached, or the query fails.
        UsageError: a library is not installed, there is no such table, or the query does not read.
    """
    if query is not None and table is not None:
        raise UsageError(
            f"{option('query')} and {option('sheet', table)} are two tables. Give one of them."
        )
    scheme, slashes, rest = address.partition("://")
    if not slashes:
        raise UsageError(
            f"{masked(address)} is an address that became a path, and so it lost slashes. Give it "
            "as text."
        )
    kind, _, driver = scheme.lower().partition("+")
    if kind == "duckdb" or (kind == "sqlite" and driver in ("", "pysqlite")):
        path = rest.partition("?")[0].removeprefix("/")
        if path in _IN_MEMORY and kind == "duckdb":
            from gated.table.io.databases.duck import read_duck

            return read_duck(None, query, table, can_choose=can_choose)
        file = _file_of(address, path)
        return read_database_file(file, query, table, can_choose=can_choose)
    from gated.table.io.databases.servers import read_server

    return read_server(address, query, table, can_choose=can_choose)


def _file_of(address: str, path: str) -> Path:
    rest = address.partition("://")[2]
    if path in _IN_MEMORY or not rest.startswith("/"):
        kind = address.partition(":")[0]
        raise UsageError(
            f"{masked(address)} names no file. Expected three slashes and its path, such as "
            f"{kind}:///shop.db, or four for a path from the root, such as {kind}:////data/shop.db."
        )
    file = in_home(path)
    check_file(file)
    return file


def read_database_file(
    file: TableFile, query: str | None, table: str | None, *, can_choose: bool = True
) -> Loaded:
    """Read the result of a query, or a table, of a database's file: SQLite or DuckDB.

    Raises:
        DataError: it is damaged, or the query fails.
        UsageError: it is not a database, a library is not installed, or there is no such table.
    """
    kind = kind_of_bytes(first_bytes(file)) if not _is_folder(file) else None
    if query is not None and table is not None:
        raise UsageError(
            f"{option('query')} and {option('sheet', table)} are two tables. Give one of them."
        )
    if kind == "sqlite":
        from gated.table.io.databases.sqlite import read_sqlite

        return read_sqlite(file, query, table, can_choose=can_choose)
    if kind == "duckdb" and isinstance(file, Path):
        from gated.table.io.databases.duck import read_duck

        return read_duck(file, query, table, can_choose=can_choose)
    if kind == "duckdb":
        raise UsageError(f"{file.name}: a DuckDB database is read from a file. Unpack or save it.")
    raise UsageError(
        f"{file.name} is not a database of SQLite or DuckDB. Leave out {option('query')}, or give "
        "duckdb:// as the table and the name of the file in the query: "
        f"\"SELECT * FROM '{file.name}'\"."
    )


def _is_folder(file: TableFile) -> bool:
    return isinstance(file, Path) and file.is_dir()
