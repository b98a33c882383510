"""Builds the tables of totals: one row for each series and period, or for each period of all."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, ObjectArray
from gated.errors import UsageError
from gated.forecast.config import is_number
from gated.forecast.distribution.dependence import Dependence
from gated.forecast.distribution.marginals import Marginals
from gated.forecast.prediction.totals import (
    Period,
    Periods,
    path_totals,
    periods_of,
    total_by_period,
)
from gated.table import Schema, Table, to_frame

__all__ = ["ALL_SERIES", "Sums", "check_bounds"]

ALL_SERIES = "all series"
"""The label of a total over all series."""


@dataclass(frozen=True)
class Sums:
    """The totals of a forecast of n series.

    Attributes:
        table: the past, for the kind of frame.
        ids: [n] labels.
        ds: [n, h] the forecast times.
        marginals: the distributions of the steps.
        by: the period to sum over.
        over_series: whether to sum over all series.
    """

    table: Table
    ids: ObjectArray
    ds: NDArray[Any]
    marginals: Marginals
    by: Period | None
    over_series: bool

    @cached_property
    def periods(self) -> Periods:
        """The period of every step.

        Raises:
            UsageError: `by` is unknown, or the steps have no dates.
        """
        by = "horizon" if self.by is None else self.by
        if by == "horizon":
            return periods_of(self.ds, by)
        return periods_of(self.table.local(self.ds), by)

    @cached_property
    def mean(self) -> FloatArray:
        """[rows] the sum of the means."""
        totals = total_by_period(self.marginals.mean, self.periods)
        return self._added(totals) if self.over_series else totals[self._exists]

    def numbers(
        self,
        dependence: Dependence,
        summary: Callable[[FloatArray], FloatArray],
        n_paths: int,
        seed: int,
    ) -> FloatArray:
        """[rows, K] K numbers of each total; see `path_totals`."""
        found = path_totals(
            self.marginals,
            dependence,
            self.periods,
            summary,
            over_series=self.over_series,
            n_paths=n_paths,
            seed=seed,
        )
        return found.by_series[self._exists] if found.of_all is None else found.of_all

    def frame(self, columns: dict[str, FloatArray]) -> Any:
        """A frame of the label, the first and last time, the number of steps, and columns."""
        heads: dict[str, NDArray[Any]] = {
            self.schema.id_col: self.labels,
            "first": self._times(self.ds, np.minimum),
            "last": self._times(self.ds, np.maximum),
            "steps": self._steps,
        }
        return to_frame(self.schema, {**heads, **columns})

    @property
    def schema(self) -> Schema:
        """The schema of the frame: the label of all series is text, whatever the labels are."""
        schema = self.table.schema
        return replace(schema, id_dtype=None) if self.over_series else schema

    @property
    def labels(self) -> ObjectArray:
        """[rows] the label of each row."""
        if self.over_series:
            return np.full(len(self.mean), ALL_SERIES, dtype=object)
        return np.repeat(self.ids, self._exists.sum(axis=1))

    @property
    def _exists(self) -> BoolArray:
        """[n, count] whether a series has the period."""
        return np.asarray(self.periods.number >= 0)

    @property
    def _steps(self) -> NDArray[np.int64]:
        """[rows] the number of summed steps."""
        counts = total_by_period(np.ones(self.ds.shape), self.periods)
        steps = self._added(counts) if self.over_series else counts[self._exists]
        return steps.astype(np.int64)

    def _added(self, totals: FloatArray) -> FloatArray:
        """[periods] the sum over series of totals [n, count]."""
        number = self.periods.number[self._exists]
        return np.bincount(number, totals[self._exists]).astype(np.float64)

    def _times(self, ds: NDArray[Any], extreme: np.ufunc) -> NDArray[Any]:
        """[rows] the first or the last time of each row."""
        local, rows = self.periods.local, np.arange(len(ds))[:, None]
        farthest = ds.max() if extreme is np.minimum else ds.min()
        times = np.full(self._exists.shape, farthest, dtype=ds.dtype)
        extreme.at(times, (np.broadcast_to(rows, ds.shape), local), ds)
        if not self.over_series:
            return times[self._exists]
        found = np.full(len(self.mean), farthest, dtype=ds.dtype)
        extreme.at(found, self.periods.number[self._exists], times[self._exists])
        return found


def check_bounds(at_least: object, at_most: object) -> None:
    """Check the bounds of a total.

    Raises:
        UsageError: none is given, one is not a number, or they are in the wrong order.
    """
    if at_least is None and at_most is None:
        raise UsageError("Neither at_least nor at_most is given. Give a number, such as 500.")
    lower, upper = _bound("at_least", at_least), _bound("at_most", at_most)
    if lower is not None and upper is not None and lower > upper:
        raise UsageError(
            f"at_least is {at_least!r} and at_most is {at_most!r}, so that no total is within "
            "both. Exchange them, or leave one out."
        )


def _bound(name: str, value: object) -> float | None:
    """A bound as a float; None if it is not given."""
    if value is None:
        return None
    if not (is_number(value) and math.isfinite(value)):
        raise UsageError(f"{name} is {value!r}. Expected a number, such as 500.")
    return float(value)
