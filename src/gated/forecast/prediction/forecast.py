"""Defines `Forecast`, the forecast of a table: its frame, plots, report and explanation."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, ObjectArray
from gated.errors import UsageError
from gated.forecast.data.dataset import Dataset, build_dataset
from gated.forecast.model.explanation import explanation, weight_by_distance
from gated.forecast.prediction.cold_start import cold_start_forecast
from gated.forecast.prediction.columns import ForecastColumns
from gated.forecast.prediction.predict import Prediction, predict
from gated.forecast.training.combination import Combination
from gated.forecast.training.fitted import Fitted
from gated.forecast.views.forecast_report import forecast_report
from gated.forecast.views.plots import Engine, drawn, index_of
from gated.forecast.views.profile_notes import profile_notes
from gated.overview import FIRST_ROWS, Overview, Overviewed, not_shown
from gated.report import page
from gated.table import Table, to_frame
from gated.text import counted

__all__ = ["Forecast"]


@dataclass(frozen=True, repr=False)
class Forecast(Overviewed):
    """The forecast of all series of a table. `Forecaster.forecast` returns it.

    `print` shows the first rows and the validation result; a notebook shows them as HTML.

    Attributes:
        fitted: profile, network and combination.
        table: the past.
        future: [N, h, F] covariates of the steps ahead.
        requested: the columns of `frame`.
        future_notes: notes on the future covariates.
    """

    fitted: Fitted
    table: Table
    future: FloatArray
    requested: ForecastColumns
    future_notes: tuple[str, ...]

    @property
    def _title(self) -> str:
        series, steps = counted(len(self.ids), "series", "series"), counted(self.h, "step")
        frequency = self.table.frequency.description
        span = self.table.span(self.ds)
        return f"Forecast of {series}, {steps} ahead, {span}, {frequency}."

    def _overview(self) -> Overview:
        schema, shown = self.table.schema, min(FIRST_ROWS, self.h)
        columns: dict[str, Sequence[Any]] = {
            schema.id_col: [str(self.ids[0])] * shown,
            schema.time_col: list(self.table.local(self.ds[0, :shown])),
            **{name: list(column[0, :shown]) for name, column in self.columns.items()},
        }
        more = not_shown(len(self.ids) * self.h - shown, ".frame")
        return Overview(self._title, columns, (*more, self.verdict.text))

    @cached_property
    def data(self) -> Dataset:
        """The inputs of the network, for the past and the steps ahead."""
        layout = self.fitted.network.config.layout
        return build_dataset(self.table, self.fitted.profile, layout, self.future)

    @cached_property
    def prediction(self) -> Prediction:
        """The forecast of the N series of the table."""
        return predict(self.fitted, self.data, self.table.frequency.season_length, self.h)

    @property
    def verdict(self) -> Combination:
        """The validation result of network and baselines, and their combination."""
        return self.fitted.combination

    @property
    def findings(self) -> tuple[str, ...]:
        """Notes of the fit on the table, one sentence each."""
        return profile_notes(self.fitted.profile, self.table.schema.target_col)

    @property
    def notes(self) -> tuple[str, ...]:
        """All notes: on the table, on the fit and on the future covariates."""
        return (*self.table.notes, *self.findings, *self.future_notes)

    @cached_property
    def memory(self) -> list[tuple[str, float]]:
        """(description, share) of the memory weights at each past distance, largest first."""
        return weight_by_distance(self.fitted.network, self.table, self.data, self.h)

    def explain(self, top: int = 3) -> Any:
        """The `top` past steps with the largest weights per step ahead; see `Forecaster.explain`.

        Raises:
            UsageError: `top` is below 1.
        """
        if top < 1:
            raise UsageError(f"top is {top!r}. Expected a whole number, at least 1.")
        columns = explanation(self.fitted.network, self.table, self.data, self.h, top)
        return to_frame(self.table.schema, columns)

    @property
    def h(self) -> int:
        """Steps ahead."""
        return int(self.future.shape[1])

    @cached_property
    def cold_start(self) -> Prediction:
        """The forecast of the cold-start series, from similar series."""
        quantiles = cold_start_forecast(self.table, self.prediction.constrained())
        closed = np.zeros(quantiles.shape[:2], dtype=bool)
        profile = self.fitted.profile
        return Prediction(quantiles, closed, profile.non_negative, profile.integer)

    @cached_property
    def ids(self) -> ObjectArray:
        """[N + K] the series of the table, then the cold-start series."""
        return np.concatenate([self.table.ids, self.table.static.cold_start_ids])

    @cached_property
    def ds(self) -> NDArray[Any]:
        """[N + K, h] the forecast times; those of cold-start series are after the table's last."""
        last = self.table.last_ds
        begin = np.full(len(self.table.static.cold_start_ids), last.max(), dtype=last.dtype)
        return self.table.frequency.future(np.concatenate([last, begin]), self.h)

    @cached_property
    def columns(self) -> dict[str, FloatArray]:
        """The requested columns: name to [N + K, h]."""
        known = self.prediction.columns(self.requested)
        if not len(self.table.static.cold_start_ids):
            return known
        cold = self.cold_start.columns(self.requested)
        return {name: np.concatenate([known[name], cold[name]]) for name in known}

    @property
    def frame(self) -> Any:
        """A frame of id, time, `gated` and the requested columns, `h` rows per series."""
        schema = self.table.schema
        columns: dict[str, NDArray[Any]] = {
            schema.id_col: np.repeat(self.ids, self.h),
            schema.time_col: self.ds.reshape(-1),
        }
        for name, column in self.columns.items():
            columns[name] = column.reshape(-1)
        return to_frame(schema, columns)

    def plot(self, series: object = None, *, engine: Engine = "matplotlib") -> Any:
        """Plot the past and the forecast of one series.

        Args:
            series: its label; by default the first.
            engine: "matplotlib" or "plotly" (`pip install "gated[plot]"`).

        Returns:
            A `matplotlib.figure.Figure` or a `plotly.graph_objects.Figure`.

        Raises:
            UsageError: there is no such series or engine, or the library is not installed.
        """
        which = index_of(self.ids, series)
        bands = {level: (lo[which], hi[which]) for level, (lo, hi) in self.bands.items()}
        until = int(self.table.lengths[which]) if which < self.table.n_series else 0
        columns = (self.columns["gated"][which], bands)
        return drawn(engine, self.table, which, until, self.ds[which], columns)

    def report(self, **settings: object) -> str:
        """The forecast as one HTML page: charts of all series, notes, validation, memory weights.

        Args:
            settings: further settings to list at the end, by name.

        Returns:
            A complete HTML document without external resources.
        """
        return page(forecast_report(self, {name: str(value) for name, value in settings.items()}))

    @cached_property
    def bands(self) -> dict[float, tuple[FloatArray, FloatArray]]:
        """The requested intervals, by default 80 %: level to (lower, upper), [N + K, h] each."""
        levels = self.requested.levels or (80.0,)
        columns = ForecastColumns.of(levels)
        parts = [self.prediction.columns(columns), self.cold_start.columns(columns)]
        whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return {
            level: (whole[f"gated-lo-{level:g}"], whole[f"gated-hi-{level:g}"]) for level in levels
        }
