"""The columns of a frame of any library as pyarrow holds them, and their cells as text and JSON."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.table.zone_offsets import offsets_from_utc

__all__ = ["Column", "Columns", "csv_cells", "json_cells"]

Column: TypeAlias = Any
"""A column: a `pa.ChunkedArray`, or a list where its cells are of several types."""

_SECOND, _DAY = 1_000_000_000, 86_400_000_000_000  # ns
_MIDNIGHT = "T00:00:00"


@dataclass(frozen=True)
class Columns:
    """The columns of a frame, by name and in order.

    Attributes:
        cells: all of one length.
    """

    cells: Mapping[str, Column]

    @classmethod
    def of(cls, frame: Any) -> "Columns":
        """The columns of a frame of any library, or of arrays by name; `Columns` stay as they are.

        >>> Columns.of({"ds": np.array([1, 2]), "y": np.array([0.5, 1])}).names
        ['ds', 'y']
        """
        if isinstance(frame, cls):
            return frame
        if isinstance(frame, Mapping):
            frame = pa.table(dict(frame))
        table: pa.Table = nw.from_native(frame, eager_only=True).to_arrow()
        return cls(dict(zip(table.column_names, table.columns, strict=True)))

    def __len__(self) -> int:
        """The number of rows."""
        return len(next(iter(self.cells.values())))

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return list(self.cells)

    def rows(self, begin: int, end: int) -> "Columns":
        """The rows from `begin` to `end`, as of a list."""
        every = range(len(self))[begin:end]
        return self.changed(lambda _, column: column[every.start : every.stop])

    def head(self, count: int) -> "Columns":
        """The first rows."""
        return self.rows(0, count)

    def tail(self, count: int) -> "Columns":
        """The last rows."""
        return self.rows(max(len(self) - count, 0), len(self))

    def without(self, name: str) -> "Columns":
        """The other columns."""
        return Columns({one: column for one, column in self.cells.items() if one != name})

    def changed(self, change: Callable[[str, Column], Column]) -> "Columns":
        """The columns after a function of name and column."""
        return Columns({name: change(name, column) for name, column in self.cells.items()})

    def printable(self, shown: Callable[[str], str]) -> "Columns":
        """The columns with every name and every cell of text as `shown`."""

        def change(_: str, column: Column) -> Column:
            if not isinstance(column, list) and not _is_text(column.type):
                return column
            cells = column if isinstance(column, list) else column.to_pylist()
            return [shown(cell) if isinstance(cell, str) else cell for cell in cells]

        return Columns({shown(name): column for name, column in self.changed(change).cells.items()})

    def above(self, other: "Columns") -> "Columns":
        """These rows, then those of `other` with the same columns.

        >>> ids = {"id": np.array([7])}, {"id": np.array(["all"], dtype=object)}
        >>> Columns.of(ids[0]).above(Columns.of(ids[1])).cells
        {'id': [7, 'all']}
        """

        def change(name: str, column: Column) -> Column:
            more = other.cells[name]
            if isinstance(column, list) or isinstance(more, list) or column.type != more.type:
                return [*_listed(column), *_listed(more)]
            return pa.chunked_array([*column.chunks, *more.chunks])

        return self.changed(change)

    def floats(self, name: str) -> FloatArray:
        """A column of numbers as float64, NaN where there is none."""
        column = self.cells[name]
        assert not isinstance(column, list)
        return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


def csv_cells(column: Column) -> list[Any]:
    """The cells for a writer of CSV; empty where missing.

    Times without a zone have the clock only if one of them is not midnight, and as many decimals
    as one needs.
    """
    if not isinstance(column, list) and pt.is_timestamp(column.type):
        return _times(column, for_csv=True)
    return ["" if cell is None or cell != cell else cell for cell in _listed(column)]


def json_cells(column: Column) -> list[Any]:
    """The cells as plain values: times as ISO text, without the clock if all are midnight.

    JSON has neither NaN nor infinity: a score of values near the largest float may be infinite.
    """
    if not isinstance(column, list) and pt.is_timestamp(column.type):
        texts = _times(column, for_csv=False)
        are_dates = all(text.endswith(_MIDNIGHT) for text in texts)
        return [text.removesuffix(_MIDNIGHT) for text in texts] if are_dates else texts
    cells = _listed(column)
    if not isinstance(column, list) and pt.is_date(column.type):
        return [None if cell is None else cell.isoformat() for cell in cells]
    return [None if isinstance(cell, float) and not math.isfinite(cell) else cell for cell in cells]


def _listed(column: Column) -> list[Any]:
    cells: list[Any] = column if isinstance(column, list) else column.to_pylist()
    return cells


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pt.is_dictionary(kind) else kind
    return bool(pt.is_string(kind) or pt.is_large_string(kind))


def _times(column: pa.ChunkedArray, *, for_csv: bool) -> list[str]:
    """Times as text, on the clock of their zone."""
    zone = column.type.tz
    instants = column.cast(pa.timestamp("ns", zone)).cast(pa.int64())
    utc = np.asarray(pc.fill_null(instants, np.iinfo(np.int64).min).to_numpy()).astype("M8[ns]")
    offsets = np.zeros(len(utc), "m8[ns]") if zone is None else offsets_from_utc(utc, zone)
    wall = utc + offsets
    clock = wall.astype(np.int64)
    if for_csv:
        if zone is None and (clock % _DAY == 0).all():
            return _written(wall, "D")
        units = {"s": _SECOND, "ms": 1_000_000, "us": 1_000}
        unit = next((unit for unit, size in units.items() if (clock % size == 0).all()), "ns")
        texts = [text.replace("T", " ") for text in _written(wall, unit)]
    else:
        texts = _written(wall, "s")
        if (clock % _SECOND).any():
            rests = (clock % _SECOND).tolist()
            texts = [text + _fraction(rest) for text, rest in zip(texts, rests, strict=True)]
    if zone is None:
        return texts
    return [text + suffix for text, suffix in zip(texts, _suffixes(offsets), strict=True)]


def _written(times: NDArray[np.datetime64], unit: Any) -> list[str]:
    texts: list[str] = np.datetime_as_string(times, unit=unit).tolist()
    return texts


def _fraction(nanoseconds: int) -> str:
    if nanoseconds == 0:
        return ""
    return f".{nanoseconds // 1000:06d}" if nanoseconds % 1000 == 0 else f".{nanoseconds:09d}"


def _suffixes(offsets: NDArray[np.timedelta64]) -> list[str]:
    seconds: IntArray = offsets.astype("m8[s]").astype(np.int64)
    distinct, place = np.unique(seconds, return_inverse=True)
    names = []
    for offset in distinct.tolist():
        minutes, rest = divmod(abs(offset), 60)
        exact = f":{rest:02d}" if rest else ""
        names.append(f"{'-' if offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}{exact}")
    return [names[index] for index in place.tolist()]
