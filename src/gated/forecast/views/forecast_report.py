"""Makes the report of a forecast, for `gated.report`."""

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from gated.arrays import FloatArray, ObjectArray
from gated.forecast.config import MODEL_NAME
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
        summary=(forecast.verdict.text,),
        series=_ForecastSeries(forecast),
        y_label=target,
        tables=_validation_errors(forecast.verdict),
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
        self.median = forecast.columns[MODEL_NAME]

    def __len__(self) -> int:
        return len(self.forecast.ids)

    def __getitem__(self, index: int) -> Series:
        table, label = self.forecast.table, str(self.forecast.ids[index])
        has_past = index < table.n_series  # cold-start series have no past
        rows = slice(*table.offsets[index : index + 2]) if has_past else slice(0, 0)
        bands = {level: (lo[index], hi[index]) for level, (lo, hi) in self.forecast.bands.items()}
        forecast = SeriesForecast(self.forecast.ds[index], self.median[index], bands)
        figures = {"mean ahead": amount(self.median[index].mean())}
        return Series(label, table.ds[rows], table.y[rows], (forecast,), figures)


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
