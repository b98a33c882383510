"""Stores bytes that were computed from the rows of a series: states of networks, and forecasts.

Each has the revision of the series from which it was computed. Bytes of an older revision are
older than the rows; they can always be computed again, so they are never waited for.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from gated.errors import UsageError
from gated.store.database import Database
from gated.store.schema import LONGEST_NAME, SERIES

__all__ = ["Derived", "DerivedStore"]


@dataclass(frozen=True)
class Derived:
    """Bytes that belong to a series.

    Attributes:
        revision: the revision of the series from which they were computed.
        content: the bytes.
    """

    revision: int
    content: bytes


class DerivedStore:
    """One table of bytes that belong to series.

    Args:
        database: where it is.
        table: `STATES` or `FORECASTS`.
        key: the column that tells apart the bytes of one series.
        most: bytes of one series at most, all of one revision: others give way. None: any number.
    """

    def __init__(
        self, database: Database, table: Table, key: str, *, most: int | None = None
    ) -> None:
        self._database = database
        self._most = most
        self._table = table
        self._key = table.c[key]
        self._any = (  # made once: to make a statement takes longer than to run it
            select(table.c.revision, table.c.content)
            .join(SERIES, SERIES.c.id == table.c.series)
            .where(SERIES.c.label == bindparam("label"), self._key == bindparam("key"))
        )
        self._current = self._any.where(SERIES.c.revision == table.c.revision)
        self._insert: Any = sqlite_insert if database.is_sqlite else postgresql_insert

    def put(self, label: str, key: str, found: Derived) -> bool:
        """Store bytes, unless there is no such series; return whether they were stored.

        Bytes of an older revision never replace those of a newer one.

        Raises:
            UsageError: the key is empty or too long.
            StoreError: see `Database.writing`.
        """
        _check_key(key)
        owner = select(SERIES.c.id).where(SERIES.c.label == label)
        with self._database.writing() as connection:
            series = connection.execute(owner.with_for_update()).scalar_one_or_none()
            if series is None:
                return False
            if self._most is not None:
                self._make_room(connection, series, found.revision, self._most)
            new = self._insert(self._table).values(
                {
                    "series": series,
                    self._key.name: key,
                    "revision": found.revision,
                    "content": found.content,
                }
            )
            values = {"revision": new.excluded.revision, "content": new.excluded.content}
            connection.execute(
                new.on_conflict_do_update(
                    index_elements=["series", self._key.name],
                    set_=values,
                    where=self._table.c.revision <= new.excluded.revision,
                )
            )
        return True

    def _make_room(self, connection: Connection, series: int, revision: int, most: int) -> None:
        """Remove the bytes of older revisions, and all if there are too many."""
        own = self._table.c.series == series
        older = own & (self._table.c.revision < revision)
        connection.execute(delete(self._table).where(older))
        count = select(func.count()).select_from(self._table).where(own)
        if connection.execute(count).scalar_one() >= most:
            connection.execute(delete(self._table).where(own))

    def get(self, label: str, key: str) -> Derived | None:
        """Read bytes; None if there are none."""
        return self._one(self._any, label, key)

    def get_current(self, label: str, key: str) -> Derived | None:
        """Read bytes; None if there are none, or if the series has changed since."""
        return self._one(self._current, label, key)

    def _one(self, query: Select[Any], label: str, key: str) -> Derived | None:
        with self._database.reading() as connection:
            row = connection.execute(query, {"label": label, "key": key}).one_or_none()
        return None if row is None else Derived(row.revision, bytes(row.content))


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= LONGEST_NAME:
        raise UsageError(f"A key has {len(key)} characters. Expected 1 to {LONGEST_NAME}.")
