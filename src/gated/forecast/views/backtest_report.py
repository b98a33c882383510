"""Makes the report of a backtest, for `gated.report`."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.forecast.baselines.method_forecast import MethodForecast
from gated.forecast.config import MODEL_NAME
from gated.forecast.quantiles import at_level
from gated.forecast.views.interval_parts import (
    IntervalsView,
    coverage_by_level,
    coverage_by_step,
    interval_tables,
)
from gated.forecast.views.period_text import span_text, steps_text
from gated.forecast.views.report_parts import (
    common_settings,
    finite_or_none,
    first_view,
    zone_of,
)
from gated.report import (
    Headline,
    LineChart,
    OverviewColumn,
    Report,
    ReportTable,
    Series,
    SeriesForecast,
)
from gated.text import change, counted, plain, rounded, shown_times

__all__ = ["BacktestView", "backtest_report"]

_SCORES = {"mase": "MASE", "smape": "sMAPE", "wape": "WAPE", "rmse": "RMSE", "crps": "CRPS"}

_ACTUAL = "actual"  # a column of the overview


class ActualsView(Protocol):
    """The actual values of M forecasts."""

    @property
    def y(self) -> FloatArray:
        """[M, h] NaN where not observed."""


class BacktestView(IntervalsView, Protocol):
    """The attributes of a backtest of M forecasts that a report uses; see `Backtest`."""

    @property
    def text(self) -> str:
        """The summary in sentences."""

    @property
    def fit_notes(self) -> tuple[str, ...]:
        """Notes of the fits on the table."""

    @property
    def series(self) -> IntArray:
        """[M] the series of each forecast, ascending."""

    @property
    def ds(self) -> NDArray[Any]:
        """[M, h] the forecast times."""

    @property
    def actuals(self) -> ActualsView:
        """The actual values."""

    @property
    def forecasts(self) -> Mapping[str, MethodForecast]:
        """The forecasts of every method, [M, h] each."""


def backtest_report(found: BacktestView, settings: Mapping[str, str]) -> Report:
    """Make the report of a backtest."""
    table, cutoffs = found.table, found.cutoffs
    series = _BacktestSeries(found)
    ends = table.local(np.array([found.ds.min(), found.ds.max()]))
    span = span_text(ends, table.frequency)
    return Report(
        title=f"{table.schema.target_col}: forecasts of {span}, compared with the actual values",
        summary=(found.text,),
        series=series,
        y_label=table.schema.target_col,
        headline=_headline(found),
        overview=series.overview(),
        sort_by=_ACTUAL,
        first_view=first_view(table.frequency),
        zone=zone_of(table, found.ds),
        tables=(_accuracy(found), *interval_tables(found), _by_cutoff(found)),
        line_charts=(*_by_step(found), *coverage_by_step(found)),
        coverage=coverage_by_level(found),
        reading=table.notes,
        notes=found.fit_notes,
        left_out=table.rejected,
        settings={
            **common_settings(table, cutoffs.h),
            "cutoffs": f"{cutoffs.n_windows:,}, {cutoffs.step_size:,} steps apart",
            **settings,
        },
    )


def _headline(found: BacktestView) -> Headline | None:
    """The sum of the forecasts and that of the actual values; none for values below 0."""
    actual, forecast = (values.sum() for values in _sums(found))
    if not (np.isfinite(actual) and np.isfinite(forecast) and actual > 0):
        return None
    cutoffs = found.cutoffs
    steps = steps_text(cutoffs.h, found.table.frequency)
    return Headline(
        label=f"Forecast total of {counted(cutoffs.n_windows, 'period')} of {steps}",
        figure=rounded(forecast),
        compared=(
            ("Actual total", rounded(actual), ""),
            ("Forecast, compared with the actual total", change(forecast, actual), ""),
        ),
    )


def _sums(found: BacktestView) -> tuple[FloatArray, FloatArray]:
    """[M] the sums of the actual values and of the forecasts, over the observed steps.

    NaN if values below 0 occur: these do not add up.
    """
    y, points = found.actuals.y, found.forecasts[MODEL_NAME].for_sums
    if (found.table.y < 0).any():
        return np.full(len(y), np.nan), np.full(len(y), np.nan)
    observed = np.isfinite(y)
    with np.errstate(over="ignore"):
        sums = (np.where(observed, values, 0.0).sum(axis=1) for values in (y, points))
        actual, forecast = sums
    return actual, forecast


class _BacktestSeries:
    """The series of a backtest, each with its forecasts from all cutoffs."""

    def __init__(self, found: BacktestView) -> None:
        self.found = found
        self.ds = found.ds
        self.distinct, self.first = np.unique(found.series, return_index=True)
        self.end = np.append(self.first[1:], len(found.series))
        self.group = np.searchsorted(self.distinct, found.series)
        self.scores = found.scored(self.group[:, None], len(self.distinct))[MODEL_NAME]

    def __len__(self) -> int:
        return len(self.distinct)

    def __getitem__(self, index: int) -> Series:
        table = self.found.table
        which = int(self.distinct[index])
        rows = slice(*table.offsets[which : which + 2])
        forecasts = tuple(self._forecast(row) for row in range(self.first[index], self.end[index]))
        return Series(str(table.ids[which]), table.ds[rows], table.y[rows], forecasts)

    def overview(self) -> tuple[OverviewColumn, ...]:
        """The totals of each series over all cutoffs, and its scores."""
        count = len(self.distinct)
        actual, forecast = (
            np.bincount(self.group, sums, count).astype(np.float64) for sums in _sums(self.found)
        )
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            difference = np.where(actual > 0, forecast / actual - 1, np.nan)
        totals = (
            OverviewColumn(_ACTUAL, actual),
            OverviewColumn("forecast", forecast),
            OverviewColumn("difference", difference, "change"),
        )
        scores = (
            OverviewColumn(_SCORES[key], self.scores[key], "ratio") for key in ("mase", "wape")
        )
        return (*(totals if np.isfinite(actual).all() else ()), *scores)

    def _forecast(self, row: int) -> SeriesForecast:
        ours = self.found.forecasts[MODEL_NAME]
        assert ours.quantiles is not None
        bands = {}
        for level in self.found.levels:
            tail = (100 - level) / 200
            quantiles = ours.quantiles[row]
            bands[level] = (at_level(quantiles, tail), at_level(quantiles, 1 - tail))
        competitors = {
            plain(name): forecast.points[row]
            for name, forecast in self.found.forecasts.items()
            if name != MODEL_NAME
        }
        return SeriesForecast(self.ds[row], ours.points[row], bands, competitors)


def _accuracy(found: BacktestView) -> ReportTable:
    rows = [
        (plain(method), *(finite_or_none(scores[key]) for key in _SCORES))
        for method, scores in found.overall.items()
    ]
    return ReportTable(
        title="Accuracy over all cutoffs",
        columns=("method", *_SCORES.values()),
        rows=tuple(rows),
        note="MASE: error relative to the error of seasonal naive in the past. sMAPE in percent. "
        "WAPE: error relative to the values. RMSE in the unit of the values. CRPS: error of the "
        "whole distribution; for a method without intervals it equals the WAPE.",
        best="lowest",
    )


def _by_cutoff(found: BacktestView) -> ReportTable:
    heads, group = found.groups("cutoff")
    scored = found.scored(group, found.cutoffs.n_windows)
    names = shown_times(found.table.local(heads))
    rows = tuple(
        (name, *(finite_or_none(scores["mase"][index]) for scores in scored.values()))
        for index, name in enumerate(names)
    )
    columns = ("cutoff", *(plain(method) for method in scored))
    return ReportTable("MASE by cutoff", columns, rows, best="none")


def _by_step(found: BacktestView) -> tuple[LineChart, ...]:
    """The error by step ahead; no chart if no series has a MASE."""
    _, group = found.groups("step")
    scored = found.scored(group, found.cutoffs.h)
    lines = {plain(method): scores["mase"] for method, scores in scored.items()}
    if not any(np.isfinite(line).any() for line in lines.values()):
        return ()
    steps = np.arange(1.0, found.cutoffs.h + 1)
    return (LineChart("Error by step ahead", "steps ahead", "MASE", steps, lines),)
