"""Stores bytes that were computed from the rows of a series: states of networks, and forecasts.

Each has the revision of the series from which it was computed. Bytes of an older revision are
older than the rows; they can always be computed again, so they are never waited for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, select
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
        identity: that of the series; they are not stored for another one of its label. None: not
            checked.
    """

    revision: int
    content: bytes
    identity: int | None = field(default=None, compare=False)


class DerivedStore:
    """One table of bytes that belong to series.

    Args:
        database: where it is.
        table: `STATES` or `FORECASTS`.
        key: the column that tells apart the bytes of one series.
        most: how many of one series are kept at most: those of the oldest revision give way.
        keeps_older: whether those of older revisions are kept beside those of the newest.
    """

    def __init__(
        self, database: Database, table: Table, key: str, *, most: int, keeps_older: bool
    ) -> None:
        self._database = database
        self._most, self._keeps_older = most, keeps_older
        self._table = table
        self._key = table.c[key]
        self._any = (  # made once: to make a statement takes longer than to run it
            select(table.c.revision, table.c.content, SERIES.c.identity)
            .join(SERIES, SERIES.c.id == table.c.series)
            .where(SERIES.c.label == bindparam("label"), self._key == bindparam("key"))
        )
        self._of_newest = (
            select(self._key)
            .join(SERIES, SERIES.c.id == table.c.series)
            .where(SERIES.c.label == bindparam("label"))
            .order_by(table.c.revision.desc())
            .limit(1)
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
        return self.put_many([(label, key, found)])[0]

    def put_many(self, found: Sequence[tuple[str, str, Derived]]) -> list[bool]:
        """The same for several series, with one wait for the disk.

        Args:
            found: label, key and bytes of each.

        Raises:
            UsageError, StoreError: as `put`. Nothing is stored.
        """
        for _, key, _ in found:
            _check_key(key)
        with self._database.writing() as connection:
            return [self._put(connection, *one) for one in found]

    def _put(self, connection: Connection, label: str, key: str, found: Derived) -> bool:
        owner = connection.execute(_OWNER, {"label": label}).one_or_none()
        if owner is None or found.identity not in (None, owner.identity):
            return False
        self._make_room(connection, owner.id, key, found.revision)
        new = self._insert(self._table).values(
            {
                "series": owner.id,
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

    def _make_room(self, connection: Connection, series: int, key: str, revision: int) -> None:
        """Remove others of the series, so that there are not too many with this one."""
        others = (self._table.c.series == series) & (self._key != key)
        if not self._keeps_older:
            older = others & (self._table.c.revision < revision)
            connection.execute(delete(self._table).where(older))
        oldest_last = select(self._key).where(others).order_by(self._table.c.revision.desc())
        too_many = connection.execute(oldest_last.offset(self._most - 1)).scalars().all()
        if too_many:
            connection.execute(delete(self._table).where(others, self._key.in_(too_many)))

    def get(self, label: str, key: str) -> Derived | None:
        """Read bytes; None if there are none."""
        return self._one(self._any, label, key)

    def get_current(self, label: str, key: str) -> Derived | None:
        """Read bytes; None if there are none, or if the series has changed since."""
        return self._one(self._current, label, key)

    def newest_key(self, label: str) -> str | None:
        """The key of the bytes of the newest revision; None if there are none."""
        with self._database.reading() as connection:
            found = connection.execute(self._of_newest, {"label": label}).scalar_one_or_none()
        return None if found is None else str(found)

    def _one(self, query: Select[Any], label: str, key: str) -> Derived | None:
        with self._database.reading() as connection:
            row = connection.execute(query, {"label": label, "key": key}).one_or_none()
        if row is None:
            return None
        return Derived(row.revision, bytes(row.content), row.identity)


_OWNER = (
    select(SERIES.c.id, SERIES.c.identity)
    .where(SERIES.c.label == bindparam("label"))
    .with_for_update()
)


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= LONGEST_NAME:
        raise UsageError(f"A key has {len(key)} characters. Expected 1 to {LONGEST_NAME}.")
