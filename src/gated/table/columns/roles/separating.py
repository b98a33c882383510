"""Finds the columns whose labels make each time occur once in a series."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pyarrow.compute as pc

from gated.arrays import BoolArray, IntArray
from gated.table.cells.distinct import distinct_values
from gated.table.cells.numbers import column_text
from gated.table.io.source import Source

__all__ = ["Separating", "alternate", "fewest_separating", "is_filled", "numbered", "row_codes"]

_FEW_REPEATED = 1.1  # rows a time; the labels of fewer are of one series, such as the weather
_MOST_CHANGES = 0.1  # label changes a row, of series that follow one another
_MOSTLY_FILLED = 0.6  # share of all series and times that have a row
_ROWS_A_SERIES = 3  # on average; labels of fewer rows, such as remarks, are no series


@dataclass(frozen=True)
class Separating:
    """Columns with which no time repeats in a series.

    Attributes:
        columns: the fewest, in the order of the candidates.
        instead: others that would do in place of one of them, and would give other series.
    """

    columns: list[str]
    instead: list[str]


def fewest_separating(source: Source, time: str, candidates: Sequence[str]) -> Separating | None:
    """The fewest of the candidates with which no time repeats; later ones are left out first.

    Args:
        source: the table.
        time: its time column.
        candidates: columns that may name series.

    Returns:
        The columns; None if times repeat whatever is taken.

    Example:
        >>> import pandas as pd
        >>> from gated.table.io.source import open_source
        >>> days = ["2024-01-01", "2024-01-02", "2024-01-03"] * 4
        >>> frame = pd.DataFrame({"day": days, "shop": ["a"] * 6 + ["b"] * 6})
        >>> frame["item"], frame["code"] = (["x"] * 3 + ["y"] * 3) * 2, frame["shop"] * 2
        >>> fewest_separating(open_source(frame), "day", ["shop", "item", "code"])
        Separating(columns=['shop', 'item'], instead=[])
    """
    codes = {name: row_codes(source, name) for name in (time, *candidates)}
    rows = len(codes[time])
    empty = {name: _is_empty(source, name) for name in candidates}

    def separate(names: Sequence[str]) -> bool:
        series = numbered([codes[name] for name in names])
        if names and (series.max() + 1) * _ROWS_A_SERIES > rows:
            return False
        if names and np.logical_and.reduce([empty[name] for name in names]).any():
            return False  # a row without a label
        return int(numbered([series, codes[time]]).max()) + 1 == rows

    chosen = list(candidates)
    if not separate(chosen):
        # A column with a label for nearly every row hides the others.
        chosen = [name for name in chosen if (codes[name].max() + 1) * _ROWS_A_SERIES <= rows]
        if not chosen or not separate(chosen):
            return None
    for name in reversed(candidates):
        fewer = [one for one in chosen if one != name]
        if name in chosen and fewer and separate(fewer):
            chosen = fewer
    instead = [
        other
        for other in candidates
        if other not in chosen
        and any(
            separate([other if one == name else one for one in chosen])
            and not _are_alike(codes[name], codes[other])
            for name in chosen
        )
    ]
    return Separating(chosen, instead)


def is_filled(source: Source, time: str, labels: Sequence[str]) -> bool:
    """Whether each series has one row at most times, if its rows have the same labels.

    >>> import pandas as pd
    >>> from gated.table.io.source import open_source
    >>> frame = pd.DataFrame({"day": [1, 1, 2, 2, 3, 3], "shop": [7, 8, 7, 8, 7, 8], "y": range(6)})
    >>> [is_filled(open_source(frame), "day", [name]) for name in ("shop", "y")]
    [True, False]
    """
    times = row_codes(source, time)
    series = numbered([np.zeros_like(times), *(row_codes(source, name) for name in labels)])
    rows, n_series = len(times), int(series.max()) + 1
    if n_series * _ROWS_A_SERIES > rows:
        return False
    is_one = int(numbered([series, times]).max()) + 1 == rows
    return is_one and rows >= _MOSTLY_FILLED * n_series * (int(times.max()) + 1)


def alternate(source: Source, time: str, columns: Sequence[str]) -> bool:
    """Whether the labels describe the rows of one series: few times repeat, and labels change.

    Example:
        >>> import pandas as pd
        >>> from gated.table.io.source import open_source
        >>> days = [f"2024-01-{day:02d}" for day in range(1, 21)] + ["2024-01-20"]
        >>> frame = pd.DataFrame({"day": days, "sky": ["rain", "sun", "fog"] * 7})
        >>> alternate(open_source(frame), "day", ["sky"])
        True
    """
    labels = numbered([row_codes(source, name) for name in columns])
    rows = len(labels)
    if rows > _FEW_REPEATED * (int(row_codes(source, time).max()) + 1):
        return False
    return int((np.diff(labels) != 0).sum()) > _MOST_CHANGES * rows


def _are_alike(first: IntArray, second: IntArray) -> bool:
    """Whether each label of one column stands beside one label of the other."""
    both = int(numbered([first, second]).max())
    return both == int(first.max()) == int(second.max())


def row_codes(source: Source, column: str) -> IntArray:
    """[R] a number for each distinct cell of a column; empty cells are one of them."""
    series = source.frame[column]
    if series.dtype == nw.Object or series.is_null().any():
        return distinct_values(pc.fill_null(column_text(series), ""))[0]
    return distinct_values(series.to_arrow())[0]


def _is_empty(source: Source, column: str) -> BoolArray:
    """[R] whether a cell has no label."""
    text = pc.utf8_trim_whitespace(column_text(source.frame[column]))
    return np.asarray(pc.equal(pc.fill_null(text, ""), "").to_numpy(), dtype=np.bool_)


def numbered(codes: Sequence[IntArray]) -> IntArray:
    """[R] a number for each combination of codes; zeros without any.

    >>> numbered([np.array([0, 0, 1]), np.array([0, 1, 1])]).tolist()
    [0, 1, 2]
    """
    if not codes:
        return np.zeros(1, dtype=np.int64)
    number = codes[0]
    for more in codes[1:]:
        number = np.unique(number * (more.max() + 1) + more, return_inverse=True)[1]
    return np.asarray(number, dtype=np.int64)
