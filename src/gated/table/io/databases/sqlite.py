"""Reads SQLite with Python's own library: a file that is opened for reading only, or its bytes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gated.errors import DataError, UsageError
from gated.table.io.databases.batches import BATCH_ROWS, of_rows
from gated.table.io.databases.result import result
from gated.table.io.databases.statement import chosen_table, first_line, only_reading, whole_table
from gated.table.io.kinds.loaded import Loaded, MemoryFile, TableFile

__all__ = ["read_sqlite"]

_TABLES = (
    "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' "
    "ESCAPE '\\' ORDER BY rowid"
)
_READING = (
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
)
_JOURNAL = slice(18, 20)  # the bytes of a file that say how it is written; 2: with a log beside it


def read_sqlite(
    file: TableFile, query: str | None, table: str | None, *, can_choose: bool
) -> Loaded:
    """Read the result of a query, or a table of an SQLite database.

    Nothing but SELECT is allowed: the file is opened for reading only, and SQLite itself refuses
    every other action.

    Args:
        file: the database.
        query: the query; None: a whole table.
        table: its name; None: the only one.
        can_choose: whether the caller's user can name a table or give a query, for messages.

    Raises:
        DataError: the file is no such database, or the query fails.
        UsageError: there is no such table, or the query does not read.
    """
    statement = None if query is None else only_reading(query)
    try:
        with _opened(file) as connection:
            if statement is None:
                tables = [row[0] for row in connection.execute(_TABLES)]
                table = chosen_table(file.name, tables, table, can_choose)
                statement = whole_table(table)
            connection.set_authorizer(_only_select)
            cursor = connection.execute(statement)
            columns = [column[0] for column in cursor.description or ()]
            rows = of_rows(file.name, columns, iter(lambda: cursor.fetchmany(BATCH_ROWS), []))
    except (sqlite3.Error, sqlite3.Warning) as problem:
        raise _failed(file.name, problem, query) from problem
    return result(rows, file.name, table)


@contextmanager
def _opened(file: TableFile) -> Iterator[sqlite3.Connection]:
    """A connection that cannot change the file."""
    if isinstance(file, MemoryFile):
        content = bytearray(file.content)
        if content[_JOURNAL] == b"\2\2":  # in memory there is no log
            content[_JOURNAL] = b"\1\1"
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(bytes(content))
            yield connection
        return
    address = f"file:{quote(str(file.resolve()))}?mode=ro"
    if _is_closed_log(file):
        address += "&immutable=1"  # SQLite would write files for its log beside the database
    with closing(sqlite3.connect(address, uri=True)) as connection:
        connection.text_factory = _text
        yield connection


def _is_closed_log(file: Path) -> bool:
    """Whether a database is written with a log, and no program has it open."""
    with file.open("rb") as stream:
        head = stream.read(_JOURNAL.stop)
    log = file.with_name(f"{file.name}-wal")
    return head[_JOURNAL] == b"\2\2" and not log.exists()


def _text(content: bytes) -> str:
    """Text of older programs may be of another encoding than UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _only_select(action: int, *_: Any) -> int:
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


def _failed(name: str, problem: BaseException, query: str | None) -> DataError | UsageError:
    reason = first_line(problem)
    if "not authorized" in reason or "one statement" in reason:
        return UsageError(
            f"{name}: the query was refused ({reason}). Expected one SELECT, which changes nothing."
        )
    if query is not None:
        return DataError(f"{name}: the query failed ({reason}).")
    return DataError(f"{name}: the database cannot be read ({reason}).")
