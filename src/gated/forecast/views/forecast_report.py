"""Makes the report of a forecast, for `gated.report`."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, ObjectArray
from gated.forecast.config import MODEL_NAME
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.views.drivers import closed_events, driver_sentences, holiday_events
from gated.forecast.views.past_totals import past_totals, steps_in_a_year
from gated.forecast.views.period_totals import (
    PeriodTotals,
    StepTotals,
    headline_of,
    total_series,
    total_tables,
)
from gated.forecast.views.report_parts import common_settings, first_view, zone_of
from gated.forecast.views.report_words import span_text, steps_text
from gated.report import Headline, OverviewColumn, Report, ReportTable, Series, SeriesForecast
from gated.table import Table
from gated.text import counted, plain

__all__ = ["CombinationView", "ForecastView", "PointView", "forecast_report"]

_MEAN_NAME = f"{MODEL_NAME}-mean"


class CombinationView(Protocol):
    """The attributes of a validation result that a report uses; see `Combination`."""

    @property
    def text(self) -> str:
        """The validation result in one sentence."""

    @property
    def errors(self) -> Mapping[str, float]:
        """Error by method, relative to seasonal naive; empty without held-out windows."""

    @property
    def windows(self) -> int:
        """Number of held-out windows."""

    @property
    def h(self) -> int:
        """Number of steps of each window."""


class FittedView(Protocol):
    """The attributes of a fit that a report uses; see `Fitted`."""

    @property
    def profile(self) -> TableProfile:
        """The profile of the table."""

    @property
    def network(self) -> SeasonNetwork:
        """The network."""


class PredictionView(Protocol):
    """The attributes of the forecast of the N series that a report uses; see `Prediction`."""

    @property
    def closed(self) -> BoolArray:
        """[N, h] whether a step is closed."""


class PointView(Protocol):
    """The number that is drawn as a line."""

    @property
    def name(self) -> str:
        """Its name: "mean" or "median"."""

    @property
    def column(self) -> str:
        """Its column in `ForecastView.columns`."""


@runtime_checkable
class PointChoice(Protocol):
    """A forecast that chooses the number to draw."""

    @property
    def point(self) -> PointView:
        """The number that is drawn as a line."""


@runtime_checkable
class TotalsView(Protocol):
    """A forecast that can be summed over its series."""

    @property
    def total_paths(self) -> FloatArray:
        """[h, paths] possible totals of all series, joint over the steps."""


class ForecastView(Protocol):
    """The attributes of a forecast of N series and K cold-start series that a report uses."""

    @property
    def fitted(self) -> FittedView:
        """Profile and network."""

    @property
    def prediction(self) -> PredictionView:
        """The forecast of the N series."""

    @property
    def table(self) -> Table:
        """The past of the N series."""

    @property
    def h(self) -> int:
        """Steps ahead."""

    @property
    def ids(self) -> ObjectArray:
        """[N + K] labels."""

    @property
    def ds(self) -> NDArray[Any]:
        """[N + K, h] the forecast times."""

    @property
    def columns(self) -> Mapping[str, FloatArray]:
        """Maps a column name to [N + K, h] values; the point forecast is one of them."""

    @property
    def bands(self) -> Mapping[float, tuple[FloatArray, FloatArray]]:
        """Level in percent to (lower, upper), [N + K, h] each."""

    @property
    def verdict(self) -> CombinationView:
        """The validation result of network and baselines."""

    @property
    def memory(self) -> list[tuple[str, float]]:
        """Descriptions and shares of the memory weights, largest first."""

    @property
    def findings(self) -> tuple[str, ...]:
        """Notes of the fit on the table, one sentence each."""

    @property
    def future_notes(self) -> tuple[str, ...]:
        """Notes on the future covariates."""


def forecast_report(forecast: ForecastView, settings: Mapping[str, str]) -> Report:
    """Make the report of a forecast.

    Args:
        forecast: the forecast.
        settings: further settings to list at the end, by name.
    """
    table, profile = forecast.table, forecast.fitted.profile
    target = table.schema.target_col
    totals = _totals(forecast)
    series = _ForecastSeries(forecast, totals)
    drivers = driver_sentences(profile, target)
    layout = forecast.fitted.network.config.layout
    return Report(
        title=_title(forecast),
        summary=(forecast.verdict.text,),
        series=series,
        y_label=target,
        headline=_headline(forecast, totals),
        totals=() if totals is None else total_tables(totals, table),
        overview=series.overview(),
        sort_by=series.next_period,
        has_total=series.total is not None,
        first_view=first_view(table.frequency, layout.long_season),
        zone=zone_of(table, forecast.ds),
        drivers=drivers,
        events=_events(forecast),
        tables=_validation_errors(forecast.verdict),
        memory=tuple(forecast.memory),
        reading=table.notes,
        notes=(
            *(note for note in forecast.findings if note not in drivers),
            *forecast.future_notes,
        ),
        left_out=table.rejected,
        settings={**common_settings(table, forecast.h), **settings},
    )


def _totals(forecast: ForecastView) -> StepTotals | None:
    """The totals of all series; None if a sum has no meaning.

    Prices, temperatures and other values that can be negative do not add up; nor do forecasts of
    series that end at different times.
    """
    if not (isinstance(forecast, TotalsView) and _adds_up(forecast) and _have_same_times(forecast)):
        return None
    mean = expected(forecast).sum(axis=0)
    return StepTotals(forecast.ds[0], mean, forecast.total_paths, tuple(forecast.bands))


def _adds_up(forecast: ForecastView) -> bool:
    return forecast.fitted.profile.non_negative


def _have_same_times(forecast: ForecastView) -> bool:
    return bool((forecast.ds == forecast.ds[:1]).all())


def _span(forecast: ForecastView, *, short: bool = False) -> str:
    ds = forecast.ds
    ends = forecast.table.local(np.array([ds.min(), ds.max()]))
    return span_text(ends, forecast.table.frequency, short=short)


def _title(forecast: ForecastView) -> str:
    table = forecast.table
    target, steps = table.schema.target_col, steps_text(forecast.h, table.frequency)
    if not _have_same_times(forecast):
        return f"{target}: {steps} after the end of each series, {_span(forecast)}"
    return f"{target}: {_span(forecast)} ({steps})"


def _headline(forecast: ForecastView, totals: StepTotals | None) -> Headline | None:
    """The total of the period; the mean of one series whose values do not add up."""
    table, h, count = forecast.table, forecast.h, len(forecast.ids)
    if totals is None and (_adds_up(forecast) or count > 1):
        return None
    span = _span(forecast, short=True)
    steps = steps_text(h, table.frequency)
    year = steps_in_a_year(table.frequency, forecast.ds[:, 0].max())
    backs = {f"The {steps} before": h}
    if year is not None and year >= h:
        backs[f"The same {'dates' if h > 1 else 'date'} a year before"] = year
    if year == h:
        backs.pop(f"The {steps} before")
    past = {
        name: _sum(past_totals(table, h, back, adds_up=totals is not None))
        for name, back in backs.items()
    }
    if totals is not None:
        of_all = f" of {counted(count, 'series', 'series')}," if count > 1 else ""
        return headline_of(f"Total{of_all} {span}", totals.whole(), past)
    mean = np.array([expected(forecast)[0].mean()])
    ends = forecast.ds[0, :1], forecast.ds[0, -1:]
    return headline_of(f"Mean {span}", PeriodTotals(*ends, mean, {}), past)


def _sum(totals: FloatArray) -> float:
    """The sum of the totals that exist; NaN if there are none."""
    found = totals[np.isfinite(totals)]
    with np.errstate(over="ignore"):
        return float(found.sum()) if len(found) else np.nan


def expected(forecast: ForecastView) -> FloatArray:
    """[N + K, h] the expected values: the means, which add up, where the forecast has them."""
    return forecast.columns.get(_MEAN_NAME, forecast.columns[MODEL_NAME])


def _events(forecast: ForecastView) -> tuple[tuple[str, str], ...]:
    """Closed steps and holidays among the steps ahead, if these are the same for all series."""
    if not _have_same_times(forecast):
        return ()
    table, closed = forecast.table, forecast.prediction.closed
    return (
        *closed_events(table, forecast.ds[0], np.asarray(closed.all(axis=0))),
        *holiday_events(table, forecast.fitted.profile, forecast.ds[0]),
    )


class _ForecastSeries:
    """The series of a forecast, each created on access; the total of all is the first."""

    def __init__(self, forecast: ForecastView, totals: StepTotals | None) -> None:
        self.forecast = forecast
        self.name, self.point = "median", forecast.columns[MODEL_NAME]
        if isinstance(forecast, PointChoice):
            self.name, self.point = forecast.point.name, forecast.columns[forecast.point.column]
        table, count = forecast.table, len(forecast.ids)
        self.total = None
        if totals is not None and count > 1:
            closed = forecast.prediction.closed.all(axis=0)
            self.total = total_series(totals, table, f"All {count:,} series", np.asarray(closed))
        steps = steps_text(forecast.h, table.frequency)
        what = "" if _adds_up(forecast) else "mean of the "
        self.last_period, self.next_period = f"{what}last {steps}", f"{what}next {steps}"

    def __len__(self) -> int:
        return len(self.forecast.ids) + (self.total is not None)

    def __getitem__(self, index: int) -> Series:
        if self.total is not None:
            if index == 0:
                return self.total
            index -= 1
        table, label = self.forecast.table, str(self.forecast.ids[index])
        has_past = index < table.n_series  # cold-start series have no past
        rows = slice(*table.offsets[index : index + 2]) if has_past else slice(0, 0)
        bands = {level: (lo[index], hi[index]) for level, (lo, hi) in self.forecast.bands.items()}
        closed = self.forecast.prediction.closed[index] if has_past else None
        ahead = SeriesForecast(self.forecast.ds[index], self.point[index], bands, closed=closed)
        return Series(label, table.ds[rows], table.y[rows], (ahead,), self.name)

    def overview(self) -> tuple[OverviewColumn, ...]:
        """The last and the next period of each series, and the change."""
        table, h, adds_up = self.forecast.table, self.forecast.h, _adds_up(self.forecast)
        cold_start = np.full(len(self.forecast.ids) - table.n_series, np.nan)
        before = np.append(past_totals(table, h, h, adds_up=adds_up), cold_start)
        mean = expected(self.forecast)
        with np.errstate(over="ignore"):
            after = mean.sum(axis=1) if adds_up else mean.mean(axis=1)
        if self.total is not None:
            before = np.insert(before, 0, _sum(before))
            after = np.insert(after, 0, self.total.forecasts[0].point.sum())
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            change = np.where(before > 0, after / before - 1, np.nan)
        return (
            OverviewColumn(self.last_period, before),
            OverviewColumn(self.next_period, after),
            OverviewColumn("change", change, "change"),
        )


def _validation_errors(verdict: CombinationView) -> tuple[ReportTable, ...]:
    """The errors of the validation result."""
    errors = verdict.errors
    if not errors:
        return ()
    rows = tuple(
        (plain(name), value) for name, value in sorted(errors.items(), key=lambda pair: pair[1])
    )
    return (
        ReportTable(
            title="Error on the held-out windows",
            columns=("method", "error, seasonal naive = 1"),
            rows=rows,
            note=f"{verdict.windows:,} windows of {verdict.h:,} steps, held out from "
            "training. `forecast` is the selected combination.",
            best="lowest",
        ),
    )
