"""Makes the report of a forecast, for `gated.report`."""

from collections.abc import Mapping

import numpy as np

from gated.arrays import BoolArray, FloatArray, TimeArray
from gated.forecast.config import MODEL_NAME
from gated.forecast.validation.combination import Combination
from gated.forecast.views.forecast_view import (
    ExplanationView,
    ForecastView,
    GatesView,
    PointChoice,
    TotalsView,
)
from gated.forecast.views.notes.drivers import closed_events, driver_sentences, holiday_events
from gated.forecast.views.period_text import span_text, steps_text
from gated.forecast.views.report_parts import common_settings, first_view, zone_of
from gated.forecast.views.totals.past import past_totals, steps_in_a_year, total_before
from gated.forecast.views.totals.periods import (
    PeriodTotals,
    StepTotals,
    headline_of,
    total_series,
    total_tables,
)
from gated.libraries import has_torch
from gated.report import (
    Gates,
    Headline,
    LineChart,
    Memory,
    OverviewColumn,
    Report,
    ReportTable,
    Series,
    SeriesForecast,
)
from gated.text import counted, plain

__all__ = ["expected", "forecast_report"]

_MEAN_NAME = f"{MODEL_NAME}-mean"
_NOT_EXPLAINED = (
    "What each past value contributes to the forecast is not shown: that needs PyTorch, which is "
    'not installed (pip install "gated[train]").'
)
_LEAST = 0.0005  # of a share that is drawn: less is written as 0.0 %
_PICTURE_WIDTH = 760  # pixels, of the gates
_MOST = 0.5  # of the series must have the latest times, so that these are those of the report


def forecast_report(
    forecast: ForecastView,
    settings: Mapping[str, str],
    explanation: ExplanationView | None = None,
    gates: GatesView | None = None,
) -> Report:
    """Make the report of a forecast.

    Args:
        forecast: the forecast.
        explanation: what the forecasts of some series consist of.
        settings: further settings to list at the end, by name.
        gates: over the past of the first series that anything moves.
    """
    table, profile = forecast.table, forecast.fitted.profile
    target = table.schema.target_col
    series = _ForecastSeries(forecast)
    totals = series.totals
    drivers = driver_sentences(profile, target)
    layout = forecast.fitted.network.config.layout
    return Report(
        title=_title(forecast),
        summary=(forecast.verdict.describe(forecast.h),),
        series=series,
        y_label=target,
        headline=_mean_headline(forecast) if totals is None else _headline(series, totals),
        totals=() if totals is None else total_tables(totals, table),
        overview=series.overview(),
        sort_by=series.next_period,
        has_total=series.has_total,
        first_view=first_view(table.frequency, layout.long_season),
        zone=zone_of(table, forecast.ds),
        drivers=drivers,
        events=_events(forecast),
        tables=_validation_errors(forecast.verdict),
        memory=None if explanation is None else _memory(forecast, explanation, gates),
        reading=table.notes,
        notes=(
            *(note for note in forecast.findings if note not in drivers),
            *forecast.future_notes,
            *_ended_earlier(forecast, totals),
            *((_NOT_EXPLAINED,) if explanation is None and not has_torch() else ()),
        ),
        left_out=table.rejected,
        settings={**common_settings(table, forecast.h), **settings},
    )


def expected(forecast: ForecastView) -> FloatArray:
    """[N + K, h] the expected values: the means, which add up, where the forecast has them."""
    return forecast.columns.get(_MEAN_NAME, forecast.columns[MODEL_NAME])


def _adds_up(forecast: ForecastView) -> bool:
    """Whether a sum has a meaning: not for temperatures and other values that can be negative."""
    return forecast.fitted.profile.non_negative


def _latest(forecast: ForecastView) -> BoolArray:
    """[N + K] whether the forecast of a series has the latest times, and is not of an ended one."""
    return np.asarray((forecast.ds == forecast.ds[forecast.ds[:, 0].argmax()]).all(axis=1))


def _period(forecast: ForecastView) -> TimeArray | None:
    """[h] the times of the forecasts of most series; None if they have many different ones."""
    latest = _latest(forecast)
    return None if latest.mean() < _MOST else np.asarray(forecast.ds[latest.argmax()])


def _span(forecast: ForecastView, *, short: bool = False) -> str:
    period = _period(forecast)
    ds = forecast.ds if period is None else period
    ends = forecast.table.local(np.array([ds.min(), ds.max()]))
    return span_text(ends, forecast.table.frequency, short=short)


def _title(forecast: ForecastView) -> str:
    table = forecast.table
    target, steps = table.schema.target_col, steps_text(forecast.h, table.frequency)
    if _period(forecast) is None:
        return f"{target}: {steps} after the end of each series, {_span(forecast)}"
    return f"{target}: {_span(forecast)} ({steps})"


def _backs(forecast: ForecastView) -> dict[str, int]:
    """Past periods to compare with, each by the steps from its first one to the forecast's."""
    frequency, h = forecast.table.frequency, forecast.h
    year = steps_in_a_year(frequency, forecast.ds[:, 0].max())
    backs = {} if year == h else {f"The {steps_text(h, frequency)} before": h}
    if year is not None and year >= h:
        backs[f"The same {'dates' if h > 1 else 'date'} a year before"] = year
    return backs


def _headline(series: "_ForecastSeries", totals: StepTotals) -> Headline:
    """The total of the period."""
    forecast, total = series.forecast, series.total
    assert total is not None
    count, summed = len(forecast.ids), int(_latest(forecast).sum())
    past = {
        name: total_before(
            total.ds, total.y, forecast.table.frequency, totals.ds[0], back, len(totals.ds)
        )
        for name, back in _backs(forecast).items()
    }
    of_all = f" of {counted(count, 'series', 'series')}," if count > 1 else ""
    if summed < count:
        of_all = f" of {summed:,} of {count:,} series,"
    return headline_of(f"Total{of_all} {_span(forecast, short=True)}", totals.whole(), past)


def _mean_headline(forecast: ForecastView) -> Headline | None:
    """The mean of one series whose values do not add up; else none."""
    if _adds_up(forecast) or len(forecast.ids) > 1:
        return None
    past = {
        name: float(past_totals(forecast.table, forecast.h, back, adds_up=False)[0])
        for name, back in _backs(forecast).items()
    }
    ds, mean = forecast.ds[0], np.array([expected(forecast)[0].mean()])
    label = f"Mean {_span(forecast, short=True)}"
    return headline_of(label, PeriodTotals(ds[:1], ds[-1:], mean, {}), past)


def _ended_earlier(forecast: ForecastView, totals: StepTotals | None) -> tuple[str, ...]:
    """A note on the series that are not in the total."""
    ended = int((~_latest(forecast)).sum())
    if totals is None or not ended:
        return ()
    end = "series ends" if ended == 1 else "series end"
    return (
        f"{ended:,} {end} earlier than the others. Forecasts begin after the last value of their "
        "series, so these have other dates and are not in the total.",
    )


def _events(forecast: ForecastView) -> tuple[tuple[str, str], ...]:
    """Closed steps of all series and holidays among the steps ahead."""
    period, table = _period(forecast), forecast.table
    if period is None:
        return ()
    closed = _all_closed(forecast)
    return (
        *closed_events(table, period, closed),
        *holiday_events(table, forecast.fitted.profile, period),
    )


def _all_closed(forecast: ForecastView) -> BoolArray:
    """[h] whether a step of the period is closed in all series."""
    closed = forecast.prediction.closed[_latest(forecast)[: forecast.table.n_series]]
    return np.asarray(closed.all(axis=0) & bool(len(closed)))


class _ForecastSeries:
    """The series of a forecast, each created on access; the total of several is the first."""

    def __init__(self, forecast: ForecastView) -> None:
        self.forecast = forecast
        self.name, self.point = "median", forecast.columns[MODEL_NAME]
        if isinstance(forecast, PointChoice):
            self.name, self.point = forecast.point.name, forecast.columns[forecast.point.column]
        table, count = forecast.table, len(forecast.ids)
        self.totals = self._totals()
        self.total = None
        if self.totals is not None:
            summed = int(_latest(forecast).sum())
            label = (
                f"All {count:,} series" if summed == count else f"{summed:,} of {count:,} series"
            )
            self.total = total_series(self.totals, table, label, _all_closed(forecast))
        self.has_total = self.total is not None and count > 1
        steps = steps_text(forecast.h, table.frequency)
        what = "" if _adds_up(forecast) else "mean of the "
        self.last_period, self.next_period = f"{what}last {steps}", f"{what}next {steps}"

    def _totals(self) -> StepTotals | None:
        """The totals of the series with the times of the report; None if a sum has no meaning."""
        forecast = self.forecast
        period = _period(forecast)
        if period is None or not _adds_up(forecast) or not isinstance(forecast, TotalsView):
            return None
        latest = _latest(forecast)
        mean = expected(forecast)[latest].sum(axis=0)
        return StepTotals(period, mean, forecast.total_paths(latest), tuple(forecast.bands))

    def __len__(self) -> int:
        return len(self.forecast.ids) + self.has_total

    def __getitem__(self, index: int) -> Series:
        if self.has_total and self.total is not None:
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
        if self.has_total and self.total is not None and self.totals is not None:
            ds, y, first = self.total.ds, self.total.y, self.totals.ds[0]
            before = np.insert(before, 0, total_before(ds, y, table.frequency, first, h, h))
            after = np.insert(after, 0, self.totals.mean.sum())
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            change = np.where(before > 0, after / before - 1, np.nan)
        return (
            OverviewColumn(self.last_period, before),
            OverviewColumn(self.next_period, after),
            OverviewColumn("change", change, "change"),
        )


def _memory(
    forecast: ForecastView, explained: ExplanationView, gates: GatesView | None
) -> Memory | None:
    """What the forecasts of the explained series remembered; none without a past."""
    labels = explained.labels
    if not labels or not explained.drivers:
        return None
    distances, weights = explained.weights_by_distance()
    noun = forecast.table.frequency.noun
    of = f"`{labels[0]}`" if len(labels) == 1 else f"{counted(len(labels), 'series', 'series')}"
    return Memory(
        of=f"Shares of what moves the forecast of {of} away from {explained.reference_text}. The "
        f"sums are of `{explained.first_moved}`, in the unit of the values.",
        shares=tuple(pair for pair in explained.drivers if pair[1] >= _LEAST),
        sentences=explained.sentences()[1:],  # the first repeats the shares
        weights=LineChart(
            "By how much the forecast moves if a past value is larger by 1",
            f"{noun}s before",
            "mean weight",
            distances,
            {"weight": weights},
        ),
        gates=None if gates is None else _gates(gates),
    )


def _gates(found: GatesView) -> Gates:
    picture = found.picture.svg(_PICTURE_WIDTH)
    return Gates(picture, found.sentences, tuple(found.half_life_shares()))


def _validation_errors(verdict: Combination) -> tuple[ReportTable, ...]:
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
