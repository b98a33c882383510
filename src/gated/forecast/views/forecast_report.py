"""Makes the report of a forecast, for `gated.report`."""

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from gated.arrays import FloatArray, ObjectArray
from gated.forecast.config import MEAN_NAME
from gated.forecast.views.report_parts import common_settings
from gated.report import Report, ReportTable, Series, SeriesForecast
from gated.table import Table
from gated.text import amount, plain

__all__ = ["CombinationView", "ForecastView", "forecast_report"]


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


_TOTALS_SHOWN = 31  # all series, and the first 30


class PredictionView(Protocol):
    """The attributes of a prediction that a report uses; see `Prediction`."""

    @property
    def non_negative(self) -> bool:
        """Whether all past values are non-negative."""


class PointView(Protocol):
    """The number that the line of a chart shows; see `Point`."""

    @property
    def column(self) -> str:
        """Its column."""

    @property
    def line(self) -> str:
        """Its name in the legend."""

    @property
    def text(self) -> str:
        """Which number it is and why, in one sentence."""


class ForecastView(Protocol):
    """The attributes of a forecast of N series and K cold-start series that a report uses."""

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
    def prediction(self) -> PredictionView:
        """The forecast of the N series."""

    def horizon_totals(self) -> tuple[tuple[str, float, float, float], ...]:
        """(label, mean, lower, upper) of the total of the horizon, of all series first."""

    @property
    def point(self) -> PointView:
        """The number that the line of a chart shows."""

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
    table = forecast.table
    target = table.schema.target_col
    return Report(
        title=f"{target}: the next {forecast.h:,} steps",
        summary=(forecast.verdict.text, forecast.point.text),
        series=_ForecastSeries(forecast),
        y_label=target,
        line=forecast.point.line,
        tables=(*_totals(forecast), *_validation_errors(forecast.verdict)),
        memory=tuple(forecast.memory),
        reading=table.notes,
        notes=(*forecast.findings, *forecast.future_notes),
        left_out=table.rejected,
        settings={**common_settings(table, forecast.h), **settings},
    )


class _ForecastSeries:
    """The series of a forecast, each created on access."""

    def __init__(self, forecast: ForecastView) -> None:
        self.forecast = forecast
        self.point = forecast.columns[forecast.point.column]
        self.mean = forecast.columns[MEAN_NAME]

    def __len__(self) -> int:
        return len(self.forecast.ids)

    def __getitem__(self, index: int) -> Series:
        table, label = self.forecast.table, str(self.forecast.ids[index])
        has_past = index < table.n_series  # cold-start series have no past
        rows = slice(*table.offsets[index : index + 2]) if has_past else slice(0, 0)
        bands = {level: (lo[index], hi[index]) for level, (lo, hi) in self.forecast.bands.items()}
        forecast = SeriesForecast(self.forecast.ds[index], self.point[index], bands)
        figures = {"mean ahead": amount(self.mean[index].mean())}
        return Series(label, table.ds[rows], table.y[rows], (forecast,), figures)


def _totals(forecast: ForecastView) -> tuple[ReportTable, ...]:
    """The totals over the horizon, of all series and of the first ones."""
    if not forecast.prediction.non_negative:  # temperatures are not added up
        return ()
    level = next(iter(forecast.bands))
    return (
        ReportTable(
            title="Total over the horizon",
            columns=("series", "mean", f"lower end, {level:g} %", f"upper end, {level:g} %"),
            rows=forecast.horizon_totals()[:_TOTALS_SHOWN],
            note="mean: the sum of the means of all steps. The interval is that of the sum.",
        ),
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
