"""Stores the rows of series: one value for each series and time.

A time is a whole number; the `clock` of a series says what it counts ("local": microseconds since
1970 of a calendar without a time zone; "utc": the same in UTC; "integer": steps). The store
compares clocks and does not read them.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from gated.errors import UsageError
from gated.store.database import Database
from gated.store.schema import LONGEST_NAME, ROWS, SERIES
from gated.text import grouped, printable

__all__ = ["SeriesInfo", "SeriesPage", "SeriesRows", "SeriesStore", "Write"]

_LARGEST_TIME = 2**63 - 1
_IDENTITY_BITS = 62


@dataclass(frozen=True)
class SeriesInfo:
    """What is known of a stored series.

    Attributes:
        label: its label, `unique_id` of a table.
        clock: what its times count.
        revision: the number of writes so far; another one means other rows.
        n_rows: the number of rows.
        first, last: its first and last time; None without rows.
        changed: when it was last written, in UTC.
        rewritten: the latest revision that changed more than to add rows after the last one: what
            was computed from this revision or a later one lacks only the rows since.
        identity: a number that was drawn when the series was made; another one means that the
            series was removed and made again.
    """

    label: str
    clock: str
    revision: int
    n_rows: int
    first: int | None
    last: int | None
    changed: datetime
    rewritten: int
    identity: int


@dataclass(frozen=True)
class SeriesRows:
    """Rows of one series, in order of time.

    Attributes:
        info: the series as of these rows.
        ds: [n] int64 times.
        y: [n] float64 values; NaN where none was observed.
    """

    info: SeriesInfo
    ds: NDArray[np.int64]
    y: NDArray[np.float64]


@dataclass(frozen=True)
class SeriesPage:
    """Some of the series, in order of their labels.

    Attributes:
        series: what is known of each.
        tails: [n] float64 its last values for each, NaN where none was observed.
        count: the number of series, on this page or not, whose labels have the searched part.
        has_more: whether others follow.
    """

    series: tuple[SeriesInfo, ...]
    tails: tuple[NDArray[np.float64], ...]
    count: int
    has_more: bool


@dataclass(frozen=True)
class Write:
    """Rows to write to one series.

    Attributes:
        label: its label, of 1 to 200 characters.
        clock: what `ds` counts; that of the series if there is one.
        ds: times, in any order; the last row of one time counts.
        y: values; None or NaN where none was observed.
        replaces_all: whether these rows replace all rows of the series.
        most_rows: the most rows that the series may have then; None for any number.
    """

    label: str
    clock: str
    ds: Sequence[int]
    y: Sequence[float | None]
    replaces_all: bool = False
    most_rows: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.label) <= LONGEST_NAME:
            raise UsageError(
                f"The label of the series has {len(self.label)} characters. Expected 1 to "
                f"{LONGEST_NAME}."
            )
        if len(self.ds) != len(self.y):
            raise UsageError(f"There are {len(self.ds)} times, but {len(self.y)} values.")
        if any(abs(time) > _LARGEST_TIME for time in self.ds):
            raise UsageError("A time is beyond the range of 64 bits.")


class SeriesStore:
    """The series of a store.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        insert: Any = sqlite_insert if database.is_sqlite else postgresql_insert
        self._make = insert(SERIES).on_conflict_do_nothing(index_elements=["label"])
        rows = insert(ROWS)
        self._put_rows = rows.on_conflict_do_update(
            index_elements=["series", "ds"], set_={"y": rows.excluded.y}
        )

    def write(self, write: Write) -> SeriesInfo:
        """Write rows; a row of a time that is stored already replaces it.

        The rows are on the disk when this returns.

        Raises:
            UsageError: the clock differs, or there would be too many rows. Nothing is written.
            StoreError: see `Database.writing`.
        """
        with self._database.writing() as connection:
            return self._write(connection, write)

    def write_many(self, writes: Sequence[Write]) -> list[SeriesInfo | UsageError]:
        """Write rows of several series, with one wait for the disk.

        Returns:
            What `write` returns or raises for each; those that raise change nothing.

        Raises:
            StoreError: see `Database.writing`. Nothing is written.
        """
        done: list[SeriesInfo | UsageError] = []
        with self._database.writing() as connection:
            for write in writes:
                try:
                    with connection.begin_nested():
                        done.append(self._write(connection, write))
                except UsageError as error:
                    done.append(error)
        return done

    def rows(
        self, label: str, *, last: int | None = None, after: int | None = None
    ) -> SeriesRows | None:
        """Read rows of one series; None if there is no such series.

        Args:
            label: its label.
            last: the number of rows to read at most: the latest ones, or the first ones after
                `after`.
            after: only rows after this time.
        """
        with self._database.reading() as connection:
            found = _found(connection, label)
            if found is None:
                return None
            series, info = found
            query = select(ROWS.c.ds, ROWS.c.y).where(ROWS.c.series == series)
            if after is not None:
                query = query.where(ROWS.c.ds > after).order_by(ROWS.c.ds)
            else:
                query = query.order_by(ROWS.c.ds.desc())
            rows = connection.execute(query.limit(last)).all()
        ds = np.array([row[0] for row in rows], dtype=np.int64)
        y = np.array([np.nan if row[1] is None else row[1] for row in rows], dtype=np.float64)
        order = slice(None) if after is not None else slice(None, None, -1)
        return SeriesRows(info, ds[order], y[order])

    def info(self, label: str) -> SeriesInfo | None:
        """What is known of one series; None if there is no such series."""
        with self._database.reading() as connection:
            found = _found(connection, label)
        return None if found is None else found[1]

    def infos(self, labels: Collection[str]) -> dict[str, SeriesInfo]:
        """What is known of some series, by label; those that do not exist are left out."""
        query = _INFO.where(SERIES.c.label.in_(labels))
        with self._database.reading() as connection:
            return {row.label: _info(row) for row in connection.execute(query)}

    def page(self, *, after: str = "", most: int, find: str = "", last: int = 0) -> SeriesPage:
        """Series in order of their labels.

        Args:
            after: only labels after this one.
            most: the number of series at most.
            find: only labels with this part; upper and lower case are the same.
            last: the number of last values of each series.
        """
        found = SERIES.c.label.icontains(find, autoescape=True) if find else true()
        query = _INFO.where(SERIES.c.label > after, found).order_by(SERIES.c.label).limit(most + 1)
        count = select(func.count()).select_from(SERIES).where(found)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            shown = rows[:most]
            tails = _tails(connection, [row.id for row in shown], last)
            return SeriesPage(
                tuple(_info(row) for row in shown),
                tuple(np.array(tails.get(row.id, []), dtype=np.float64) for row in shown),
                int(connection.execute(count).scalar_one()),
                has_more=len(rows) > most,
            )

    def count(self) -> int:
        """The number of series."""
        with self._database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(SERIES)).scalar_one())

    def delete(self, label: str) -> bool:
        """Remove a series with its rows, states and forecasts; return whether there was one."""
        with self._database.writing() as connection:
            removed = connection.execute(delete(SERIES).where(SERIES.c.label == label))
        return removed.rowcount > 0

    def _write(self, connection: Connection, write: Write) -> SeriesInfo:
        known = self._locked(connection, write)
        rows = dict(zip(write.ds, write.y, strict=True))
        span = connection.execute(_SPAN, {"id": known.id}).one() if known.n_rows else None
        only_adds = not write.replaces_all and (not rows or span is None or min(rows) > span.last)
        if write.replaces_all:
            connection.execute(_ROWS_OF, {"id": known.id})
        added = self._put(connection, known.id, rows, are_new=only_adds or write.replaces_all)
        n_rows = added if write.replaces_all else known.n_rows + added
        if write.most_rows is not None and n_rows > write.most_rows:
            raise UsageError(
                f"The series {printable(write.label)} would have {grouped(n_rows)} rows. Expected "
                f"at most {grouped(write.most_rows)}."
            )
        revision = known.revision + 1
        values = {
            "clock": write.clock,
            "revision": revision,
            "n_rows": n_rows,
            "changed": datetime.now(UTC).replace(tzinfo=None),
            "rewritten": known.rewritten if only_adds else revision,
        }
        connection.execute(_CHANGE, {"known": known.id, **values})
        kept = () if span is None or write.replaces_all else (span.first, span.last)
        first, last = min((*kept, *rows), default=None), max((*kept, *rows), default=None)
        return SeriesInfo(
            label=write.label, first=first, last=last, identity=known.identity, **values
        )

    def _locked(self, connection: Connection, write: Write) -> Any:
        """The record of a series, made if needed; other writers of the series wait."""
        label = {"label": write.label}
        known = connection.execute(_LOCK, label).one_or_none()
        if known is None:
            new = {
                **label,
                "clock": write.clock,
                "revision": 0,
                "n_rows": 0,
                "changed": datetime.now(UTC).replace(tzinfo=None),
                "rewritten": 0,
                "identity": secrets.randbits(_IDENTITY_BITS),
            }
            connection.execute(self._make, new)
            known = connection.execute(_LOCK, label).one()
        if known.clock != write.clock and known.n_rows and not write.replaces_all:
            raise UsageError(
                f"The times of the series {printable(write.label)} are of kind {known.clock}; the "
                f"new ones of kind {write.clock}. Write them in the same form, or replace all rows."
            )
        return known

    def _put(
        self, connection: Connection, series: int, rows: dict[int, float | None], *, are_new: bool
    ) -> int:
        """Write rows, and return by how many there are more: by all, if their times are new."""
        if not rows:
            return 0
        span = {"id": series, "first": min(rows), "last": max(rows)}
        before = 0 if are_new else connection.execute(_COUNT, span).scalar_one()
        values = [{"series": series, "ds": ds, "y": _nullable(y)} for ds, y in rows.items()]
        connection.execute(self._put_rows, values)
        if are_new:
            return len(rows)
        return int(connection.execute(_COUNT, span).scalar_one() - before)


def _nullable(y: float | None) -> float | None:
    return None if y is None or y != y else float(y)


def _time(function: Any) -> Any:
    return select(function(ROWS.c.ds)).where(ROWS.c.series == SERIES.c.id).scalar_subquery()


def _end(function: Any) -> Any:
    """The first or last time of a series; each of its own, else all rows would be read."""
    return select(function(ROWS.c.ds)).where(ROWS.c.series == bindparam("id")).scalar_subquery()


_ENDS = (("first", func.min), ("last", func.max))
# Statements are made once: to make one takes longer than to run it.
_INFO = select(SERIES, _time(func.min).label("first"), _time(func.max).label("last"))
_INFO_OF_LABEL = _INFO.where(SERIES.c.label == bindparam("label"))
_LOCK = select(SERIES).where(SERIES.c.label == bindparam("label")).with_for_update()
_SPAN = select(*(_end(function).label(name) for name, function in _ENDS))
_CHANGE = update(SERIES).where(SERIES.c.id == bindparam("known"))
_ROWS_OF = delete(ROWS).where(ROWS.c.series == bindparam("id"))
_COUNT = select(func.count()).where(
    ROWS.c.series == bindparam("id"),
    ROWS.c.ds.between(bindparam("first"), bindparam("last")),
)

_EARLIER = ROWS.alias("earlier")
_TAILS = (  # the rows from the last but `before` on; all of a series that has fewer
    select(ROWS.c.series, ROWS.c.y)
    .join(SERIES, SERIES.c.id == ROWS.c.series)
    .where(
        SERIES.c.id.in_(bindparam("ids", expanding=True)),
        ROWS.c.ds
        >= func.coalesce(
            select(_EARLIER.c.ds)
            .where(_EARLIER.c.series == SERIES.c.id)
            .order_by(_EARLIER.c.ds.desc())
            .offset(bindparam("before"))
            .limit(1)
            .scalar_subquery(),
            -_LARGEST_TIME,
        ),
    )
    .order_by(ROWS.c.series, ROWS.c.ds)
)


def _tails(connection: Connection, ids: list[int], last: int) -> dict[int, list[float]]:
    """The last values of series, by their numbers in the store; NaN where none was observed."""
    tails: dict[int, list[float]] = {}
    if ids and last:
        found = connection.execute(_TAILS, {"ids": ids, "before": last - 1})
        for series, y in found:
            tails.setdefault(series, []).append(np.nan if y is None else y)
    return tails


def _found(connection: Connection, label: str) -> tuple[int, SeriesInfo] | None:
    row = connection.execute(_INFO_OF_LABEL, {"label": label}).one_or_none()
    return None if row is None else (int(row.id), _info(row))


def _info(row: Any) -> SeriesInfo:
    return SeriesInfo(
        row.label,
        row.clock,
        row.revision,
        row.n_rows,
        row.first,
        row.last,
        row.changed,
        row.rewritten,
        row.identity,
    )
