"""Connects to SQLite or PostgreSQL: one way to read and one to write, for all parts of the store.

SQLite is one file with a write-ahead log: readers do not wait for the writer, and a transaction is
on the disk before `writing` ends. Errors of the databases become `StoreError`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from gated.errors import StoreError, StoreFullError, UsageError

__all__ = ["Database", "store_url"]

_SECONDS_TO_WAIT = 10  # for another writer, or for a free connection
_CONNECTIONS = 8  # at most, of one process
_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
_IS_WRITING = "gated_is_writing"
_FULL = {"53100", "54000"}  # PostgreSQL: disk full, a limit of the program
_SQLITE_FULL = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHMSIZE"}


def store_url(store: str) -> URL:
    """The address of a store: a path is a file of SQLite.

    Raises:
        UsageError: it is neither a path nor an address of SQLite or PostgreSQL.

    >>> store_url("sales.db").render_as_string()
    'sqlite+pysqlite:///sales.db'
    >>> store_url("postgresql://me:secret@localhost/sales").render_as_string()
    'postgresql+psycopg://me:***@localhost/sales'
    """
    if "://" not in store and store not in ("", ":memory:"):
        return URL.create(_DRIVERS["sqlite"], database=store)
    try:
        url = make_url(store if store != ":memory:" else "sqlite://")
    except ArgumentError:
        raise UsageError(
            "The address of the store cannot be read. Expected a path, such as sales.db, or "
            "postgresql://user@host/database."
        ) from None
    kind = url.get_backend_name()
    if kind not in _DRIVERS:
        raise UsageError(
            f"A store of kind {kind} is not supported. Expected a path, such as sales.db (SQLite), "
            "or postgresql://user@host/database."
        )
    if kind == "sqlite" and url.database in (None, "", ":memory:"):
        raise UsageError("A store in memory keeps nothing. Expected a path, such as sales.db.")
    return url.set(drivername=_DRIVERS[kind])


class Database:
    """A database with the tables of the store, whichever kind it is.

    Args:
        store: a path, or an address as of `store_url`.

    Raises:
        UsageError: the address is wrong, or the driver is not installed.
    """

    def __init__(self, store: str) -> None:
        url = store_url(store)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.shown = str(url.database) if self.is_sqlite else url.render_as_string()
        _check_folder(url if self.is_sqlite else None)
        try:
            self.engine = _engine(url, is_sqlite=self.is_sqlite)
        except ModuleNotFoundError as error:
            raise UsageError(
                f"{self.shown}: the package {error.name} is missing. "
                'pip install "gated[serve,postgres]"'
            ) from None
        self._writer = self.engine.execution_options(**{_IS_WRITING: True})

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in a transaction that only reads: it sees one state of the store.

        Raises:
            StoreError: the database cannot be reached, or is damaged.
        """
        with self._translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction that is on the disk when this ends, whole or not at all.

        Raises:
            StoreFullError: there is no space left.
            StoreError: the database cannot be reached, is damaged, or another program has it.
        """
        with self._translated(), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._error(error.orig) from error
        except PoolTimeoutError as error:
            raise StoreError(f"The store {self.shown} has no free connection.") from error
        except SQLAlchemyError as error:
            raise StoreError(f"The store {self.shown} failed: {type(error).__name__}.") from error

    def _error(self, cause: Any) -> StoreError:
        """The error of the store for an error of a driver."""
        code = str(getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", ""))
        if code in _FULL or code in _SQLITE_FULL:
            return StoreFullError(
                f"The disk of the store {self.shown} is full. Nothing of this was stored; what was "
                "acknowledged before is kept. Make space."
            )
        if code.startswith("SQLITE_BUSY"):
            return StoreError(
                f"The store {self.shown} is in use: another program has been writing for "
                f"{_SECONDS_TO_WAIT} seconds. Try again."
            )
        reason = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        return StoreError(f"The store {self.shown} cannot be used: {reason}")


def _check_folder(url: URL | None) -> None:
    """Check that the folder of SQLite's file exists."""
    if url is None or not url.database or url.database.startswith(("file:", ":memory:")):
        return
    folder = Path(url.database).absolute().parent
    if not folder.is_dir():
        raise UsageError(f"{url.database}: there is no folder {folder}. Make it first.")


def _engine(url: URL, *, is_sqlite: bool) -> Engine:
    waits = {"timeout": _SECONDS_TO_WAIT} if is_sqlite else {"connect_timeout": _SECONDS_TO_WAIT}
    engine = create_engine(
        url,
        connect_args=waits,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=_SECONDS_TO_WAIT,
        pool_pre_ping=not is_sqlite,  # a server may have closed a connection since
    )
    if is_sqlite:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    """Set SQLite's durability; transactions begin where `_begin` says so, not where Python does."""
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}").close()


def _begin(connection: Connection) -> None:
    """Begin a transaction; a writer takes its lock at once, so that it never fails halfway."""
    is_writing = connection.get_execution_options().get(_IS_WRITING)
    connection.execute(text("BEGIN IMMEDIATE" if is_writing else "BEGIN"))
