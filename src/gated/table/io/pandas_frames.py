"""Brings pandas frames and series to the form that is read: an index that holds times is a column.

Imported only for a frame of pandas, which has imported it.
"""

from typing import Any

import pandas as pd

from gated.errors import DataError
from gated.text import counted, listed

__all__ = ["Notes", "plain_frame", "series_frame"]

Notes = tuple[str, ...]

_TARGET, _TIME, _ID = "y", "ds", "unique_id"
_LABELS_TRIED = 20  # of an index of text, to see whether they are times


def series_frame(series: "pd.Series[Any]") -> tuple[pd.DataFrame, Notes]:
    """A series' name is that of the target; its index holds times, and maybe ids."""
    target = _TARGET if series.name is None else str(series.name)
    index = series.index
    frame = series.to_frame(target)
    is_numbered = isinstance(index, pd.RangeIndex) and index.name is None
    if index.nlevels == 1 and not is_numbered and index.name is None:
        # Even whole numbers are times here: a series has no other column for them.
        frame.index = index.rename(_TIME)
    return plain_frame(frame)


def plain_frame(frame: pd.DataFrame) -> tuple[pd.DataFrame, Notes]:
    """Column names as text, and an index that holds times or ids as columns."""
    frame, notes = _one_level(frame)
    plain = frame.rename(columns=str)
    names = _index_names(plain.index)
    if names is None or any(str(name) in plain.columns for name in names):
        return plain, notes
    plain = plain.reset_index(names=names)
    plain.columns = plain.columns.map(str)
    levels = list(plain.columns[: len(names)])
    became = f"The frame's index became {counted(len(levels), 'column')}: {listed(levels)}."
    return plain, (*notes, became)


def _index_names(index: pd.Index) -> list[Any] | None:
    """The names of the columns that an index becomes; None if it only numbers the rows."""
    if isinstance(index, pd.MultiIndex):
        levels = [index.levels[at] for at in range(index.nlevels)]
        times = [_holds_times(level) for level in levels]
        unnamed = [name is None for name in index.names]
        if not any(unnamed):
            return list(index.names)
        if sum(times) == 1 and index.nlevels == 2:
            return [
                name if name is not None else _TIME if is_time else _ID
                for name, is_time in zip(index.names, times, strict=True)
            ]
        named = [name for name in index.names if name is not None]
        return (
            None
            if not named
            else [
                name if name is not None else f"level_{at}" for at, name in enumerate(index.names)
            ]
        )
    if index.name is not None:
        return [index.name]
    return [_TIME] if _holds_times(index) else None


def _holds_times(index: pd.Index) -> bool:
    """Whether an index holds times, or texts that are dates."""
    if isinstance(index, pd.DatetimeIndex | pd.PeriodIndex):
        return True
    labels = index[:_LABELS_TRIED]
    if len(labels) == 0 or not all(isinstance(label, str) for label in labels):
        return False
    text = pd.Series(list(labels)).astype(str)
    is_dated = text.str.match(r"\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?\b")
    return bool(is_dated.all())


def _one_level(frame: pd.DataFrame) -> tuple[pd.DataFrame, Notes]:
    """Columns with one level of names: levels that never change are left out, others joined.

    Raises:
        DataError: the joined names are not different.
    """
    columns = frame.columns
    if columns.nlevels == 1:
        return frame, ()
    rows = [tuple("" if part is None else str(part) for part in name) for name in columns]
    levels = range(columns.nlevels)
    # A column that was the index has a name in one level only: the empty ones do not count.
    changing = [at for at in levels if len({row[at] for row in rows} - {""}) > 1]
    kept = changing or list(levels)
    names = ["_".join([row[at] for at in kept if row[at]] or filter(None, row)) for row in rows]
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise DataError(
            f"The columns have {columns.nlevels} levels of names, and joined they are not "
            f"different: {listed(twice)}. Expected a different name for each column."
        )
    plain = frame.copy(deep=False)
    plain.columns = pd.Index(names)
    constant = [max(row[at] for row in rows) for at in levels if at not in kept]
    dropped = f"; a level that is always {listed(constant)} was left out"
    return plain, (
        f"The {columns.nlevels} levels of column names became one: {listed(names, 4)}"
        f"{dropped if constant else ''}.",
    )
