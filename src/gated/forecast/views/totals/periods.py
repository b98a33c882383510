"""Makes headline, tables and chart of the total of a forecast over its series."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.views.period_text import span_text
from gated.report import Headline, ReportTable, Series, SeriesForecast
from gated.table import Table
from gated.table.time.calendar import Frequency
from gated.table.time.grid import DAY, WEEK, Months, Steps, Ticks
from gated.text import aligned, between, change, rounded

__all__ = ["PeriodTotals", "StepTotals", "headline_of", "total_series", "total_tables"]

_PERIODS = ("day", "week", "month", "quarter", "year")
_LENGTHS = {"day": DAY, "week": WEEK, "month": 28 * DAY, "quarter": 90 * DAY, "year": 365 * DAY}
_UNITS = {"month": 1, "quarter": 3, "year": 12}  # in months
_COMPLETE = {"month": "MS", "year": "YS"}  # periods with a name
_MOST_ROWS = 16
_TABLES = 2


@dataclass(frozen=True)
class PeriodTotals:
    """The sums of a forecast over all series, one for each of P periods.

    Attributes:
        first, last: [P] times of the first and the last step.
        mean: [P] expected totals.
        bands: level in percent to (lower, upper), [P] each.
    """

    first: NDArray[Any]
    last: NDArray[Any]
    mean: FloatArray
    bands: Mapping[float, tuple[FloatArray, FloatArray]]


@dataclass(frozen=True)
class StepTotals:
    """The sums of a forecast over all series, one for each step.

    Attributes:
        ds: [h] times, the same for all series.
        mean: [h] expected totals.
        paths: [h, paths] possible totals, joint over the steps.
        levels: of the intervals, in percent.
    """

    ds: NDArray[Any]
    mean: FloatArray
    paths: FloatArray
    levels: tuple[float, ...]

    def by_period(self, number: IntArray) -> PeriodTotals:
        """The totals of periods.

        Args:
            number: [h] the period of each step, ascending.
        """
        begin = np.flatnonzero(np.diff(number, prepend=number[0] - 1))
        end = np.append(begin[1:], len(number)) - 1
        paths = np.add.reduceat(self.paths, begin, axis=0)
        bands = {}
        for level in self.levels:
            low, high = np.quantile(paths, [(100 - level) / 200, (100 + level) / 200], axis=1)
            bands[level] = (low, high)
        mean = np.add.reduceat(self.mean, begin)
        return PeriodTotals(self.ds[begin], self.ds[end], mean, bands)

    def by_step(self) -> PeriodTotals:
        """The total of each step."""
        return self.by_period(np.arange(len(self.ds)))

    def whole(self) -> PeriodTotals:
        """The total of all steps."""
        return self.by_period(np.zeros(len(self.ds), dtype=np.int64))


def headline_of(
    label: str, total: PeriodTotals, compared: Mapping[str, float], *, adds_up: bool = True
) -> Headline:
    """The total of the horizon, its interval, and past totals to compare it with.

    Args:
        label: what it is.
        total: of the horizon.
        compared: past totals by name; NaN for none.
        adds_up: whether values are summed.
    """
    mean = float(total.mean[0])
    words = ""
    if total.bands:
        level = min(total.bands, key=lambda one: abs(one - 80))
        low, high = (float(end[0]) for end in total.bands[level])
        words = f"between {between(low, high)} with {level:g} % probability"
    rows = tuple(
        (name, rounded(past), change(mean, past))
        for name, past in compared.items()
        if np.isfinite(past)
    )
    return Headline(label, rounded(mean), words, rows)


def total_tables(totals: StepTotals, table: Table) -> tuple[ReportTable, ...]:
    """The totals by one or two calendar periods, such as weeks and months."""
    grid = table.frequency.grid
    if isinstance(grid, Steps) or len(totals.ds) < 2:
        return ()
    times = table.local(totals.ds)
    step = grid.size * 30 * DAY if isinstance(grid, Months) else DAY
    step = grid.size if isinstance(grid, Ticks) else step
    found: list[ReportTable] = []
    for by in _PERIODS:
        # A table of two pieces of a month would not tell more than one of weeks.
        is_between = 2 * step <= _LENGTHS[by] <= len(times) * step
        if not is_between or len(found) == _TABLES:
            continue
        number = _numbers(times, by)
        if 1 < len(np.unique(number)) <= _MOST_ROWS:
            found.append(_total_table(totals.by_period(number), by, table))
    return tuple(found)


def _numbers(times: NDArray[Any], by: str) -> IntArray:
    """[h] the number of the calendar period of each time."""
    if by in _UNITS:
        return np.asarray(times.astype("M8[M]").astype(np.int64) // _UNITS[by])
    days = times.astype("M8[D]").astype(np.int64)
    return np.asarray((days + 3) // 7 if by == "week" else days)  # 1970 began on a Thursday


def _total_table(totals: PeriodTotals, by: str, table: Table) -> ReportTable:
    level = min(totals.bands, key=lambda one: abs(one - 80)) if totals.bands else None
    numbers = [totals.mean, *(totals.bands[level] if level is not None else ())]
    texts = aligned(_four_digits(np.concatenate(numbers)).tolist())
    count = len(totals.mean)
    means, *ends = (texts[k : k + count] for k in range(0, len(texts), count))
    cells = [means]
    if ends:
        cells.append([f"{low} – {high}" for low, high in zip(*ends, strict=True)])
    labels = [
        _period_label(np.array([a, b]), by, table)
        for a, b in zip(totals.first, totals.last, strict=True)
    ]
    return ReportTable(
        title=f"Total by {by}",
        columns=(by, "total", *([f"{level:g} % interval"] if ends else [])),
        rows=tuple(zip(labels, *cells, strict=True)),
    )


def _four_digits(values: FloatArray) -> FloatArray:
    """Values without the digits that nobody can forecast: four of the largest are kept."""
    largest = np.abs(values).max(initial=0.0)
    if not 1e4 <= largest < 1e300:
        return values
    unit = 10.0 ** (np.floor(np.log10(largest)) - 3)
    return np.asarray(np.round(values / unit) * unit)


def _period_label(ends: NDArray[Any], by: str, table: Table) -> str:
    """The name of a period: its month or year if it is complete, else its first and last day."""
    local, frequency = table.local(ends), table.frequency
    if by in _COMPLETE and _is_complete(ends, by, table):
        return span_text(local[[0, 0]], Frequency.of(_COMPLETE[by]))
    if isinstance(frequency.grid, Months):
        return span_text(local, frequency, short=True)
    return span_text(local.astype("M8[D]"), Frequency.of("D"), short=True)


def _is_complete(ends: NDArray[Any], by: str, table: Table) -> bool:
    """Whether the steps before and after are in other periods."""
    grid = table.frequency.grid
    steps = [grid.advance(ends[:1], np.array([-1])), ends, grid.advance(ends[1:], np.array([1]))]
    before, first, last, after = _numbers(table.local(np.concatenate(steps)), by)
    return bool(before < first and after > last)


def total_series(
    totals: StepTotals, table: Table, label: str, closed: BoolArray | None = None
) -> Series:
    """The sum of all series as a series: its past, and its forecast for each step.

    Args:
        totals: of the steps ahead.
        table: the past.
        label: its name.
        closed: [h] whether a step is closed in all series; None if none is.
    """
    steps = totals.by_step()
    ds, place = np.unique(table.ds, return_inverse=True)
    observed = np.isfinite(table.y)
    with np.errstate(over="ignore"):
        sums = np.bincount(place, np.where(observed, table.y, 0.0), len(ds))
    counts = np.bincount(place, observed, len(ds))
    largest = np.finfo(np.float64).max
    y = np.where(counts > 0, np.clip(sums, -largest, largest), np.nan)
    forecast = SeriesForecast(steps.first, steps.mean, steps.bands, closed=closed)
    return Series(label, ds, y, (forecast,), point_name="mean")
