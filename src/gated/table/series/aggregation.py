"""Brings the rows of one step of one series together: their sum, mean, number and so on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.errors import UsageError
from gated.table.series.panel import Panel
from gated.table.time.grid import Instants
from gated.text import did_you_mean, joined, option

__all__ = ["ADDED_UP", "Aggregate", "bring_together", "checked_aggregate"]

Aggregate = Literal["sum", "mean", "median", "count", "min", "max", "first", "last"]

ADDED_UP: tuple[Aggregate, ...] = ("sum", "count")
"""Rules for which a step without a row is 0: nothing was sold, nothing happened."""


def checked_aggregate(name: str | None) -> Aggregate | None:
    """The rule of a name.

    Raises:
        UsageError: there is no such rule.

    >>> checked_aggregate("sum")
    'sum'
    """
    known = get_args(Aggregate)
    if name is not None and name not in known:
        raise UsageError(
            f"{option('aggregate', str(name))} is unknown.{did_you_mean(str(name), known)} "
            f"Expected one of {joined([str(rule) for rule in known])}."
        )
    return name  # type: ignore[return-value]


def bring_together(
    panel: Panel, labels: Instants, rule: Aggregate, categorical: Sequence[bool]
) -> Panel:
    """Bring together the rows of each series that have the same label.

    Missing values are left out; a step of missing values only is missing. Covariates are averaged,
    of categories the last one is kept.

    Args:
        panel: sorted by series and time.
        labels: [R] the step of each row, ascending within each series.
        rule: how the targets of one step become one.
        categorical: for each covariate: whether it holds categories.

    >>> days = np.array(["2024-01-01", "2024-01-01", "2024-01-02"], "M8[ns]")
    >>> rows = Panel(np.array(["a"], object), np.array([0, 3]), days, np.array([1.0, 2.0, 5.0]),
    ...              np.zeros((3, 0)), np.arange(3))
    >>> bring_together(rows, days, "sum", ()).y.tolist()
    [3.0, 5.0]
    """
    begin = _begins(panel.offsets, labels)
    starts = np.flatnonzero(begin)
    covariates = np.empty((len(starts), panel.covariates.shape[1]))
    for place, is_category in enumerate(categorical):
        column = panel.covariates[:, place]
        covariates[:, place] = _reduce(column, starts, "last" if is_category else "mean")
    steps_before = np.append(0, np.cumsum(begin))
    return replace(
        panel,
        offsets=steps_before[panel.offsets].astype(np.int64),
        ds=labels[starts],
        y=_reduce(panel.y, starts, rule),
        covariates=covariates,
        rows=panel.rows[starts],
    )


def _begins(offsets: IntArray, labels: Instants) -> BoolArray:
    """[R] whether a row is the first of its step."""
    begins = np.append(True, labels[1:] != labels[:-1])
    begins[offsets[:-1]] = True
    return begins


def _reduce(values: FloatArray, starts: IntArray, rule: Aggregate) -> FloatArray:
    """One value for each step; `starts` has the first row of each."""
    observed = ~np.isnan(values)
    number = np.add.reduceat(observed.astype(np.float64), starts)
    found = number > 0
    if rule == "median":
        return _medians(values, starts, number)
    if rule in ("first", "last"):
        row = np.arange(len(values))
        if rule == "first":
            place = np.minimum.reduceat(np.where(observed, row, len(values) - 1), starts)
        else:
            place = np.maximum.reduceat(np.where(observed, row, 0), starts)
        return np.where(found, values[place], np.nan)
    if rule in ("min", "max"):
        extreme = np.fmin if rule == "min" else np.fmax
        return np.asarray(extreme.reduceat(values, starts))
    if rule == "count":
        return np.where(found, number, np.nan)
    total = np.add.reduceat(np.where(observed, values, 0.0), starts)
    if rule == "mean":
        total = total / np.maximum(number, 1.0)
    return np.where(found, total, np.nan)


def _medians(values: FloatArray, starts: IntArray, number: FloatArray) -> FloatArray:
    lengths = np.diff(np.append(starts, len(values)))
    step = np.repeat(np.arange(len(starts)), lengths)
    ordered = values[np.lexsort((values, step))]  # NaN is last in its step
    size = np.maximum(number.astype(np.int64), 1)
    middle = (ordered[starts + (size - 1) // 2] + ordered[starts + size // 2]) / 2
    return np.where(number > 0, middle, np.nan)
