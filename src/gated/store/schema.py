"""Defines the tables of the store, for SQLite and PostgreSQL alike.

They must equal what the migrations of `migrations/versions` make; a test compares both.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

__all__ = ["FORECASTS", "KEYS", "LONGEST_NAME", "METADATA", "ROWS", "SERIES", "STATES"]

LONGEST_NAME = 200
"""The most characters of the label of a series, of a kind of state and of a name of a key."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_series() -> Column[int]:
    """The series of a row of another table, which goes with it."""
    return Column("series", ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)


SERIES = Table(
    "series",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("label", String(LONGEST_NAME), nullable=False, unique=True),
    Column("clock", String(10), nullable=False),  # how `ds` is read; see `gated.store.series`
    Column("revision", BigInteger, nullable=False),  # the number of writes so far
    Column("n_rows", BigInteger, nullable=False),
    Column("changed", DateTime, nullable=False),  # UTC
    Column("rewritten", BigInteger, nullable=False, server_default="0"),  # see `SeriesInfo`
    Column("identity", BigInteger, nullable=False, server_default="0"),
)
ROWS = Table(
    "rows",
    METADATA,
    _of_series(),
    Column("ds", BigInteger, primary_key=True),
    Column("y", Double, nullable=True),  # NULL: not observed
    sqlite_with_rowid=False,  # the rows of a series lie beside each other, in order of time
)
STATES = Table(
    "states",
    METADATA,
    _of_series(),
    Column("kind", String(LONGEST_NAME), primary_key=True),
    Column("revision", BigInteger, nullable=False),  # the series' revision that the state has read
    Column("content", LargeBinary, nullable=False),
)
FORECASTS = Table(
    "forecasts",
    METADATA,
    _of_series(),
    Column("options", String(LONGEST_NAME), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
KEYS = Table(
    "keys",
    METADATA,
    Column("name", String(LONGEST_NAME), primary_key=True),
    Column("public_part", String(40), nullable=False, unique=True),
    Column("digest", LargeBinary, nullable=False),  # of the secret part, which is not stored
    Column("per_minute", Integer, nullable=False),
    Column("made", DateTime, nullable=False),  # UTC
)
