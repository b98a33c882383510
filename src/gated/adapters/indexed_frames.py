"""Turns frames of pandas with times in their index into tables of gated, and forecasts back.

The index has times, or levels that name a series and then times. Each column is a series of its
own, so N series of C columns are N · C series of the table. Messages name them as the index does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["ID", "TARGET", "TIME", "IndexedPast", "frequency_of", "times_of", "unique_names"]

ID, TIME, TARGET = "unique_id", "ds", "y"
_ENDS = {"M": "ME", "Q": "QE", "Y": "YE", "A": "YE"}  # periods are known by their last day


@dataclass(frozen=True)
class IndexedPast:
    """Past values and covariates in frames with an index.

    Attributes:
        y: [T, C] one row for each series and time.
        X: [T', K] covariates with the same kind of index, or None.
    """

    y: pd.DataFrame
    X: pd.DataFrame | None = None

    @property
    def covariates(self) -> list[str]:
        """The names of the covariates in the table: those of the columns of X, or x0, x1 …

        They are numbered where two have one name, or one has that of another column.
        """
        if self.X is None:
            return []
        names = [str(name) for name in self.X.columns]
        is_free = len({*names, ID, TIME, TARGET}) == len(names) + 3
        return names if is_free else [f"x{place}" for place in range(len(names))]

    @property
    def table(self) -> pd.DataFrame:
        """The columns unique_id, ds, y and the covariates, one row for each series and time."""
        X = None if self.X is None else self.X.reindex(self.y.index)
        parts = [self._columns(self.y.index, column, X) for column in range(self.y.shape[1])]
        for column, part in enumerate(parts):
            part.insert(2, TARGET, self.y.iloc[:, column].to_numpy(dtype=np.float64))
        return pd.concat(parts, ignore_index=True)

    def future_table(self, X: pd.DataFrame) -> pd.DataFrame:
        """The columns unique_id, ds and the covariates after the end of each series.

        Args:
            X: covariates of the future, in any order of columns; rows of the past in it are left
                out.
        """
        known = X if self.X is None else X.combine_first(self.X)[self.X.columns]
        parts = []
        for column in range(self.y.shape[1]):
            later = known[self._is_after(known.index, column)]
            parts.append(self._columns(later.index, column, later))
        return pd.concat(parts, ignore_index=True)

    def values_at(self, forecast: pd.DataFrame, index: pd.Index, name: str) -> pd.DataFrame:
        """[len(index), C] a column of a forecast of `table` at the times of an index.

        NaN for series that were left out of the forecast.
        """
        numbers = pd.Categorical(forecast[ID], categories=self._names).codes.astype(np.int64)
        found = forecast[name].set_axis(pd.MultiIndex.from_arrays([numbers, forecast[TIME]]))
        codes, times = self._codes(index), times_of(index)
        columns = [
            found.reindex(pd.MultiIndex.from_arrays([codes + offset, times])).to_numpy()
            for offset in self._offsets
        ]
        return pd.DataFrame(np.column_stack(columns), index=index, columns=self.y.columns)

    def with_new(self, y: pd.DataFrame, X: pd.DataFrame | None) -> "IndexedPast":
        """The past with later rows; where both have a row, the new one counts."""
        joined = y.combine_first(self.y)[self.y.columns]
        if X is None or self.X is None:
            return IndexedPast(joined, self.X if X is None else X)
        return IndexedPast(joined, X.combine_first(self.X)[self.X.columns])

    @cached_property
    def ends(self) -> pd.Series:
        """The time of the last observed value of each series, by number."""
        times, codes = self.y.index.get_level_values(-1), self._codes(self.y.index)
        observed = self.y.notna().to_numpy()
        parts = [
            pd.Series(times[observed[:, column]]).groupby(codes[observed[:, column]] + offset).max()
            for column, offset in enumerate(self._offsets)
        ]
        return pd.concat(parts)

    @property
    def n_missing(self) -> int:
        """Rows after the last observed value, of the series that has most of them."""
        codes = self._codes(self.y.index)
        later = [codes[self._is_after(self.y.index, column)] for column in range(self.y.shape[1])]
        return max((int(np.bincount(part).max()) for part in later if len(part)), default=0)

    @cached_property
    def _instances(self) -> pd.Index | None:
        index = self.y.index
        return index.droplevel(-1).unique() if isinstance(index, pd.MultiIndex) else None

    @property
    def _offsets(self) -> list[int]:
        """What is added to the number of a series for each column."""
        n_series = 1 if self._instances is None else len(self._instances)
        return [column * n_series for column in range(self.y.shape[1])]

    @cached_property
    def _names(self) -> list[str]:
        """The name of each series, by number; the number itself where two have one name."""
        columns = [str(column) for column in self.y.columns]
        if self._instances is None:
            names = columns
        else:
            keys = [key if isinstance(key, tuple) else (key,) for key in self._instances]
            instances = ["/".join(map(str, key)) for key in keys]
            several = len(columns) > 1
            names = [
                f"{instance} {column}" if several else instance
                for column in columns
                for instance in instances
            ]
        return unique_names(names)

    def _codes(self, index: pd.Index) -> Any:
        """[len(index)] the number of the series of each row, int64."""
        if self._instances is None or not isinstance(index, pd.MultiIndex):
            return np.zeros(len(index), dtype=np.int64)
        return self._instances.get_indexer(index.droplevel(-1)).astype(np.int64)

    def _is_after(self, index: pd.Index, column: int) -> Any:
        """[len(index)] whether a row is later than the end of its series."""
        ends = self.ends.reindex(self._codes(index) + self._offsets[column])
        return np.asarray(index.get_level_values(-1) > pd.Index(ends))

    def _columns(self, index: pd.Index, column: int, X: pd.DataFrame | None) -> pd.DataFrame:
        """unique_id, ds and the covariates of one column of y."""
        numbers = self._codes(index) + self._offsets[column]
        ids = pd.Categorical.from_codes(numbers, categories=pd.Index(self._names))
        frame = pd.DataFrame({ID: ids, TIME: times_of(index)})
        if X is not None:
            for place, name in enumerate(self.covariates):
                frame[name] = X.iloc[:, place].to_numpy()
        return frame


def unique_names(names: Sequence[str]) -> list[str]:
    """The names of series, or their numbers if two have the same name.

    >>> unique_names(["north", "south"]), unique_names(["north", "north"])
    (['north', 'south'], ['0', '1'])
    """
    return [*names] if len({*names}) == len(names) else [str(n) for n in range(len(names))]


def frequency_of(index: pd.Index) -> str | None:
    """The step of an index as an alias of pandas; None if the index does not have one.

    >>> frequency_of(pd.period_range("2024-01", periods=3, freq="M"))
    'ME'
    >>> frequency_of(pd.RangeIndex(3))
    '1'
    """
    times = index.get_level_values(-1)
    if isinstance(times, pd.PeriodIndex):
        number, unit, anchor = _parts(times.freqstr)
        return number + _ENDS.get(unit, unit) + anchor
    if isinstance(times, pd.DatetimeIndex):
        return times.freqstr
    return "1"


def times_of(index: pd.Index) -> pd.Index:
    """The times of an index as gated reads them: points in time, or whole numbers.

    >>> times_of(pd.period_range("2024-01", periods=2, freq="M")).day.tolist()
    [31, 29]
    """
    times = index.get_level_values(-1)
    if not isinstance(times, pd.PeriodIndex):
        return times
    has_last_day = _parts(times.freqstr)[1] in {*_ENDS, "W"}
    return times.to_timestamp(how="end").normalize() if has_last_day else times.to_timestamp()


def _parts(alias: str) -> tuple[str, str, str]:
    """The number of units, the unit and its anchor: "2", "W", "-SUN"."""
    found = re.fullmatch(r"(\d*)([A-Za-z]+)(-.*)?", alias)
    assert found is not None, alias
    return found[1], found[2], found[3] or ""
