"""The forecast of a table: its frame, its plots and report, and what the memory kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, ObjectArray
from gated.errors import UsageError
from gated.forecast.data.dataset import Dataset, build_dataset
from gated.forecast.model.explanation import explanation, kept_by_distance
from gated.forecast.prediction.cold_start import from_peers
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
from gated.text import counted, shown_time

__all__ = ["Forecast"]


@dataclass(frozen=True, repr=False)
class Forecast(Overviewed):
    """What lies ahead of every series of a table. Made by `Forecaster.forecast`.

    `print` shows its first rows and the verdict, a notebook the same as a table.

    Attributes:
        fitted: profile, network and combination.
        table: the past.
        future: [N, h, F] covariates of the steps ahead.
        requested: the columns of `frame`.
        notes: what is to be said of the covariates ahead.
    """

    fitted: Fitted
    table: Table
    future: FloatArray
    requested: ForecastColumns
    notes: tuple[str, ...]

    @property
    def _title(self) -> str:
        series, steps = counted(len(self.ids), "series", "series"), counted(self.h, "step")
        frequency = self.table.frequency.description
        span = f"{shown_time(self.ds.min())} to {shown_time(self.ds.max())}"
        return f"Forecast of {series}, {steps} ahead, {span}, {frequency}."

    def _overview(self) -> Overview:
        schema, shown = self.table.schema, min(FIRST_ROWS, self.h)
        columns: dict[str, Sequence[Any]] = {
            schema.id_col: [str(self.ids[0])] * shown,
            schema.time_col: list(self.ds[0, :shown]),
            **{name: list(column[0, :shown]) for name, column in self.columns.items()},
        }
        more = not_shown(len(self.ids) * self.h - shown, ".frame")
        return Overview(self._title, columns, (*more, self.verdict.text))

    @cached_property
    def data(self) -> Dataset:
        """The table as the network reads it, with room for the forecast; laid out once."""
        layout = self.fitted.network.config.layout
        return build_dataset(self.table, self.fitted.profile, layout, self.future)

    @cached_property
    def prediction(self) -> Prediction:
        """The forecast of the N series of the table."""
        return predict(self.fitted, self.data, self.table.frequency.season_length, self.h)

    @property
    def verdict(self) -> Combination:
        """How network and baseline compared on the held-out windows, and were combined."""
        return self.fitted.combination

    @property
    def findings(self) -> tuple[str, ...]:
        """What fitting found in the table, one sentence each."""
        return profile_notes(self.fitted.profile, self.table.schema.target_col)

    @cached_property
    def memory(self) -> list[tuple[str, float]]:
        """What the memory kept: (words, share) of each distance in the past, heaviest first."""
        return kept_by_distance(self.fitted.network, self.table, self.data, self.h)

    def explain(self, top: int = 3) -> Any:
        """For each step ahead, the `top` past steps that weighed most; see `Forecaster.explain`.

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
        """The forecast of the series without any past: that of their peers."""
        quantiles = from_peers(self.table, self.prediction.kept())
        closed = np.zeros(quantiles.shape[:2], dtype=bool)
        profile = self.fitted.profile
        return Prediction(quantiles, closed, profile.non_negative, profile.integer)

    @cached_property
    def ids(self) -> ObjectArray:
        """[N + K] the series of the table, then the newcomers."""
        return np.concatenate([self.table.ids, self.table.static.cold_start_ids])

    @cached_property
    def ds(self) -> NDArray[Any]:
        """[N + K, h] the times forecast; a newcomer begins after the table's last time."""
        last = self.table.last_ds
        begin = np.full(len(self.table.static.cold_start_ids), last.max(), dtype=last.dtype)
        return self.table.frequency.future(np.concatenate([last, begin]), self.h)

    @cached_property
    def columns(self) -> dict[str, FloatArray]:
        """The requested columns: name to [N + K, h]."""
        ours = self.prediction.columns(self.requested)
        if not len(self.table.static.cold_start_ids):
            return ours
        theirs = self.cold_start.columns(self.requested)
        return {name: np.concatenate([ours[name], theirs[name]]) for name in ours}

    @property
    def frame(self) -> Any:
        """Id, time, `gated` and the requested columns, `h` rows a series."""
        schema = self.table.schema
        columns: dict[str, NDArray[Any]] = {
            schema.id_col: np.repeat(self.ids, self.h),
            schema.time_col: self.ds.reshape(-1),
        }
        for name, column in self.columns.items():
            columns[name] = column.reshape(-1)
        return to_frame(schema, columns)

    def plot(self, series: object = None, *, engine: Engine = "matplotlib") -> Any:
        """Draw one series' forecast behind its past.

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
        """The forecast as one HTML page: charts of all series, what was read, decided and kept.

        Args:
            settings: further settings to list at the end, by name.

        Returns:
            A whole document, to be written to a file; it loads nothing from anywhere.
        """
        return page(forecast_report(self, {name: str(value) for name, value in settings.items()}))

    @cached_property
    def bands(self) -> dict[float, tuple[FloatArray, FloatArray]]:
        """The requested intervals, else 80 %: level to (lower, upper), [N + K, h] each."""
        levels = self.requested.levels or (80.0,)
        columns = ForecastColumns.of(levels)
        parts = [self.prediction.columns(columns), self.cold_start.columns(columns)]
        whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return {
            level: (whole[f"gated-lo-{level:g}"], whole[f"gated-hi-{level:g}"]) for level in levels
        }
