"""Makes a frame of the objects in which people hold a table: series, arrays, dicts, lists."""

import os
from collections.abc import Mapping
from typing import Any, TypeGuard

import narwhals as nw
import numpy as np
import pyarrow as pa

from gated.errors import UsageError
from gated.libraries import has_pandas
from gated.text import listed

__all__ = ["as_frame", "is_list_of_paths"]

Notes = tuple[str, ...]

_TARGET, _TIME = "y", "ds"


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
    if nw.dependencies.is_pandas_series(native):
        from gated.table.io.pandas_frames import series_frame

        return series_frame(native)
    if nw.dependencies.is_pandas_dataframe(native):
        from gated.table.io.pandas_frames import plain_frame

        return plain_frame(native)
    return native, ()


def _is_polars_series(native: Any) -> bool:
    kind = type(native)
    return kind.__module__.partition(".")[0] == "polars" and kind.__name__ == "Series"


def _of_polars(series: Any) -> Any:
    return series.to_frame(series.name or _TARGET)


def _of_dict(columns: Mapping[Any, Any]) -> Any:
    """A dict of columns, or of times and values."""
    if columns and all(np.isscalar(value) or value is None for value in columns.values()):
        return _frame({_TIME: list(columns), _TARGET: list(columns.values())})
    try:
        return _frame(dict(columns))
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
        names = dict.fromkeys(name for row in rows for name in row)
        return _frame({name: [row.get(name) for row in rows] for name in names}, rows)
    try:
        array = np.asarray(rows)
    except ValueError as problem:  # rows of different lengths
        raise UsageError(
            "The list holds neither numbers nor dicts of equal kind. Expected numbers (one "
            "series), dicts (one for each row) or paths of files."
        ) from problem
    return _of_array(array)


def _of_array(array: np.ndarray[Any, Any]) -> Any:
    if array.dtype.names is not None:  # a structured array has named columns
        return _frame({name: array[name] for name in array.dtype.names}, array)
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
    return _frame({_TARGET: array})


def _frame(columns: Mapping[Any, Any], whole: Any = None) -> Any:
    """A frame of columns: of pandas if it is installed, else of pyarrow.

    Args:
        columns: arrays or lists of one length, or single values for all rows.
        whole: the object that they were taken from, if pandas knows its form.

    Raises:
        ValueError: the columns differ in length.
    """
    if has_pandas():
        import pandas as pd

        return pd.DataFrame(columns if whole is None else whole)
    lengths = {len(cells) for cells in columns.values() if np.ndim(cells)}
    if len(lengths) > 1:
        raise ValueError("the columns differ in length")
    rows = lengths.pop() if lengths else 1
    return pa.table({str(name): _column(cells, rows) for name, cells in columns.items()})


def _column(cells: Any, rows: int) -> Any:
    """Cells as a column of pyarrow; those of several kinds as text, as a text file has them."""
    if not np.ndim(cells):
        cells = [cells] * rows
    try:
        return pa.array(cells)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())


def _no_numbers(array: np.ndarray[Any, Any]) -> UsageError:
    kinds = listed(dict.fromkeys(type(value).__name__ for value in array.tolist()))
    return UsageError(f"The list or array holds {kinds}. Expected numbers, one for each step.")
