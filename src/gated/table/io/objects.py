"""Makes a frame of the objects in which people hold a table: series, arrays, dicts, lists."""

import os
from collections.abc import Mapping
from typing import Any, TypeGuard

import numpy as np
import pandas as pd
import pyarrow as pa

from gated.errors import DataError, UsageError
from gated.text import counted, listed

__all__ = ["as_frame", "is_list_of_paths"]

Notes = tuple[str, ...]

_TARGET, _TIME, _ID = "y", "ds", "unique_id"
_LABELS_TRIED = 20  # of an index of text, to see whether they are times


def is_list_of_paths(source: object) -> TypeGuard[list[str | os.PathLike[str]]]:
    """Whether an object is a list of paths of files.

    >>> is_list_of_paths(["a.csv", "b.csv"]), is_list_of_paths([1.5, 2.5])
    (True, False)
    """
    return (
        isinstance(source, list | tuple)
        and len(source) > 0
        and all(isinstance(part, str | os.PathLike) for part in source)
    )


def as_frame(native: object) -> tuple[Any, Notes]:
    """A frame of an object; one that is a frame, or unknown, stays as it is.

    Returns:
        The frame, and notes on what became a column.

    Raises:
        DataError: columns cannot be named.
        UsageError: an array has several dimensions, or columns differ in length.

    >>> as_frame([1.5, 2.5])[0]
         y
    0  1.5
    1  2.5
    """
    if isinstance(native, dict):
        native = _of_dict(native)
    elif isinstance(native, list | tuple):
        native = _of_list(list(native))
    elif isinstance(native, pa.Array | pa.ChunkedArray):
        return pa.table({_TARGET: native}), ()
    elif _is_polars_series(native):
        return _of_polars(native), ()
    elif isinstance(native, np.ndarray):
        native = _of_array(native)
    if isinstance(native, pd.Series):
        return _of_series(native)
    if isinstance(native, pd.DataFrame):
        return _plain_pandas(native)
    return native, ()


def _is_polars_series(native: Any) -> bool:
    kind = type(native)
    return kind.__module__.partition(".")[0] == "polars" and kind.__name__ == "Series"


def _of_polars(series: Any) -> Any:
    return series.to_frame(series.name or _TARGET)


def _of_dict(columns: Mapping[Any, Any]) -> pd.DataFrame:
    """A dict of columns, or of times and values."""
    if columns and all(np.isscalar(value) or value is None for value in columns.values()):
        return pd.DataFrame({_TIME: list(columns), _TARGET: list(columns.values())})
    try:
        return pd.DataFrame(dict(columns))
    except ValueError as problem:
        lengths = {str(name): len(cells) for name, cells in columns.items() if np.ndim(cells)}
        shown = ", ".join(f"`{name}`: {length:,}" for name, length in lengths.items())
        raise UsageError(
            f"The dict does not hold columns of equal length ({shown}). Expected a list or array "
            "of the same length for each column."
        ) from problem


def _of_list(rows: list[Any]) -> Any:
    """A list of dicts (one for each row), or of numbers."""
    if rows and all(isinstance(row, Mapping) for row in rows):
        return pd.DataFrame(rows)
    try:
        array = np.asarray(rows)
    except ValueError as problem:  # rows of different lengths
        raise UsageError(
            "The list holds neither numbers nor dicts of equal kind. Expected numbers (one "
            "series), dicts (one for each row) or paths of files."
        ) from problem
    return _of_array(array)


def _of_array(array: np.ndarray[Any, Any]) -> pd.DataFrame:
    if array.dtype.names is not None:  # a structured array has named columns
        return pd.DataFrame(array)
    if array.ndim != 1:
        raise UsageError(
            f"The array has the shape {array.shape}, and its columns have no names. Expected one "
            "dimension (a single series), or a frame: "
            'pd.DataFrame(array, columns=["store_1", "store_2"]).'
        )
    if array.dtype == object:  # numbers and None, or decimals
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError) as problem:
            raise _no_numbers(array) from problem
    if array.dtype.kind not in "biuf":
        raise _no_numbers(array)
    return pd.DataFrame({_TARGET: array})


def _no_numbers(array: np.ndarray[Any, Any]) -> UsageError:
    kinds = listed(dict.fromkeys(type(value).__name__ for value in array.tolist()))
    return UsageError(f"The list or array holds {kinds}. Expected numbers, one for each step.")


def _of_series(series: "pd.Series[Any]") -> tuple[pd.DataFrame, Notes]:
    """A series' name is that of the target; its index holds times, and maybe ids."""
    target = _TARGET if series.name is None else str(series.name)
    index = series.index
    frame = series.to_frame(target)
    is_numbered = isinstance(index, pd.RangeIndex) and index.name is None
    if index.nlevels == 1 and not is_numbered and index.name is None:
        # Even whole numbers are times here: a series has no other column for them.
        frame.index = index.rename(_TIME)
    return _plain_pandas(frame)


def _plain_pandas(frame: pd.DataFrame) -> tuple[pd.DataFrame, Notes]:
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
