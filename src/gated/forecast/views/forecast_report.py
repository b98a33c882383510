"""Makes the report of a forecast, for `gated.report`."""

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from gated.arrays import FloatArray, ObjectArray
from gated.forecast.config import MODEL_NAME
from gated.forecast.views.report_parts import made_with
from gated.report import Report, ReportTable, Series, SeriesForecast
from gated.table import Table
from gated.text import amount, plain

__all__ = ["ForecastView", "VerdictView", "forecast_report"]


class VerdictView(Protocol):
    """What a report says of network and baselines on the held-out windows."""

    @property
    def text(self) -> str:
        """In words."""

    @property
    def errors(self) -> Mapping[str, float]:
        """Error by method, that of seasonal naive = 1; empty where nothing was held out."""

    @property
    def windows(self) -> int:
        """How many held-out windows there were."""

    @property
    def h(self) -> int:
        """Steps of each."""


class ForecastView(Protocol):
    """What a report needs of a forecast of N series and K newcomers; see `Forecast`."""

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
        """[N + K, h] the times forecast."""

    @property
    def columns(self) -> Mapping[str, FloatArray]:
        """Name to [N + K, h]; the point forecast among them."""

    @property
    def bands(self) -> Mapping[float, tuple[FloatArray, FloatArray]]:
        """Level in percent to (lower, upper), [N + K, h] each."""

    @property
    def verdict(self) -> VerdictView:
        """Of network and baselines on the held-out windows."""

    @property
    def memory(self) -> list[tuple[str, float]]:
        """What the memory kept: words and shares, heaviest first."""

    @property
    def findings(self) -> tuple[str, ...]:
        """What fitting found in the table, one sentence each."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the covariates ahead."""


def forecast_report(made: ForecastView, settings: Mapping[str, str]) -> Report:
    """A forecast as a report.

    Args:
        made: the forecast.
        settings: listed at the end, by name.
    """
    table = made.table
    target = table.schema.target_col
    return Report(
        title=f"{target}: the next {made.h:,} steps",
        summary=(made.verdict.text,),
        series=_ForecastSeries(made),
        y_label=target,
        tables=_validation_errors(made.verdict),
        memory=tuple(made.memory),
        reading=table.notes,
        notes=(*made.findings, *made.notes),
        left_out=table.rejected,
        settings={**made_with(table, made.h), **settings},
    )


class _ForecastSeries:
    """The series of a forecast, each made when it is needed."""

    def __init__(self, made: ForecastView) -> None:
        self.made = made
        self.median = made.columns[MODEL_NAME]

    def __len__(self) -> int:
        return len(self.made.ids)

    def __getitem__(self, index: int) -> Series:
        table = self.made.table
        known = index < table.n_series  # a newcomer has no past
        rows = slice(*table.offsets[index : index + 2]) if known else slice(0, 0)
        bands = {level: (lo[index], hi[index]) for level, (lo, hi) in self.made.bands.items()}
        forecast = SeriesForecast(self.made.ds[index], self.median[index], bands)
        figures = {"mean ahead": amount(self.median[index].mean())}
        return Series(
            str(self.made.ids[index]), table.ds[rows], table.y[rows], (forecast,), figures
        )


def _validation_errors(verdict: VerdictView) -> tuple[ReportTable, ...]:
    """The errors that the verdict rests on."""
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
            "training. `forecast` is the combination that was chosen.",
            best="lowest",
        ),
    )
