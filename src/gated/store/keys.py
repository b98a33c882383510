"""Stores API keys: their names, public parts, limits, and digests of their secret parts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from gated.errors import StoreError, UsageError
from gated.store.database import Database
from gated.store.schema import KEYS, LONGEST_NAME
from gated.text import printable

__all__ = ["KeyStore", "StoredKey"]


@dataclass(frozen=True)
class StoredKey:
    """A key without its secret part.

    Attributes:
        name: who or what uses it.
        public_part: the part by which it is found.
        digest: a hash of the secret part.
        per_minute: requests a minute at most.
        made: when it was made, in UTC.
    """

    name: str
    public_part: str
    digest: bytes
    per_minute: int
    made: datetime


class KeyStore:
    """The keys of a store.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, public_part: str, digest: bytes, per_minute: int) -> None:
        """Store a key.

        Raises:
            UsageError: the name is empty, too long, or has a key already.
            StoreError: see `Database.writing`.
        """
        if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
            raise UsageError(
                f"The name of a key is {printable(name)!r}. Expected 1 to {LONGEST_NAME} printable "
                "characters."
            )
        values = {
            "name": name,
            "public_part": public_part,
            "digest": digest,
            "per_minute": per_minute,
            "made": datetime.now(UTC).replace(tzinfo=None),
        }
        try:
            with self._database.writing() as connection:
                connection.execute(insert(KEYS).values(values))
        except StoreError as error:
            if isinstance(error.__cause__, IntegrityError):
                raise UsageError(
                    f"There is a key of the name {name} already. Remove it first, or choose "
                    "another name."
                ) from None
            raise

    def find(self, public_part: str) -> StoredKey | None:
        """The key with a public part; None if there is none."""
        query = select(KEYS).where(KEYS.c.public_part == public_part)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _key(row)

    def all(self) -> list[StoredKey]:
        """All keys in order of their names."""
        with self._database.reading() as connection:
            return [_key(row) for row in connection.execute(select(KEYS).order_by(KEYS.c.name))]

    def count(self) -> int:
        """The number of keys."""
        with self._database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(KEYS)).scalar_one())

    def remove(self, name: str) -> bool:
        """Remove the key of a name; return whether there was one."""
        with self._database.writing() as connection:
            removed = connection.execute(delete(KEYS).where(KEYS.c.name == name))
        return removed.rowcount > 0


def _key(row: Any) -> StoredKey:
    return StoredKey(row.name, row.public_part, bytes(row.digest), row.per_minute, row.made)
