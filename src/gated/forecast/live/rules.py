"""Defines the decisions of a fit that a live state keeps, and cuts its values as a `Dataset`.

The dataset has only the newest steps, with the facts on the whole past. `predict` forecasts it as
any other.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from gated.arrays import BoolArray, IntArray, TimeArray
from gated.forecast.data.dataset import Dataset
from gated.forecast.data.series.scaler import SeriesScaler
from gated.forecast.data.time_features.calendar import calendar_columns
from gated.forecast.data.windows import WindowSource
from gated.forecast.live.reach import rows_read
from gated.forecast.live.state.past import Past
from gated.forecast.training.fitted import Fitted
from gated.table import Table

__all__ = ["Rules"]


@dataclass(frozen=True)
class Rules:
    """What was decided when the state was made.

    Attributes:
        fitted: profile, network, combination, mean and dependence.
        table: the table without its rows: frequency, schema, clock.
        h: steps ahead, at most.
    """

    fitted: Fitted
    table: Table
    h: int

    @property
    def rows(self) -> int:
        """The number of newest steps that a forecast reads."""
        return rows_read(self.fitted, self.table.frequency.season_length, self.h)

    def closed(self, past: Past, ds: TimeArray, series: IntArray) -> BoolArray:
        """[M] whether times [M] of series [M] are closed."""
        calendar = self.fitted.profile.closed_calendar
        if calendar.is_empty or not len(ds):
            return np.zeros(len(ds), dtype=bool)
        table = replace(self.table, ids=past.ids)
        return calendar.rows_closed(table, ds, series, past.followed.T)

    def past_of(self, table: Table) -> Past:
        """The newest steps of the series of a table."""
        calendar = self.fitted.profile.closed_calendar
        followed = calendar.followed(table)
        series = np.repeat(np.arange(table.n_series), table.lengths)
        closed = calendar.rows_closed(table, table.ds, series, followed)
        return Past.of(table, self.rows, closed, np.ascontiguousarray(followed.T))

    def dataset(self, past: Past, series: IntArray, h: int) -> Dataset:
        """The newest steps of series [M], followed by at least `h` future steps.

        Args:
            past: the kept values.
            series: the series that are forecast.
            h: steps ahead.
        """
        fitted = self.fitted
        layout = fitted.network.config.layout
        ahead = math.ceil(h / layout.patch) * layout.patch
        kept, closed_before, begin = past.newest(series)
        history = np.diff(begin)
        offsets = begin + ahead * np.arange(len(begin))
        is_past = np.ones(int(offsets[-1]), dtype=bool)
        future = offsets[:-1, None] + history[:, None] + np.arange(ahead)
        is_past[future.reshape(-1)] = False
        times = self.table.frequency.future(past.last[series], ahead)
        closed = np.empty(len(is_past), dtype=bool)
        closed[is_past] = closed_before
        closed[~is_past] = self.closed(past, times.reshape(-1), np.repeat(series, ahead))
        values = np.full(len(is_past), np.nan)
        values[is_past] = np.where(closed_before, np.nan, kept)
        scale = SeriesScaler.fit(values, offsets)
        scaled = scale.transform(values, offsets)
        nothing = np.zeros((len(values), 0), dtype=np.float32)
        source = WindowSource(
            values=scaled,
            covariates=nothing,
            calendar=self._calendar(past.last[series], history, times),
            offsets=offsets,
            zero=scale.zero,
            layout=layout,
        )
        rows = (values, scaled, values, scaled, closed, is_past, offsets, history, scale, source)
        return Dataset(*rows, past.facts.part(series))

    def _calendar(
        self, last: TimeArray, history: IntArray, ahead: TimeArray
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        """[R, C] the calendar features of the steps; C is 0 for the pretrained network."""
        frequency, names = self.table.frequency, self.fitted.profile.calendar_names
        if not names:
            return np.zeros((int(history.sum()) + ahead.size, 0), dtype=np.float32)
        steps = [np.arange(1 - count, 1) for count in history.tolist()]
        times = [
            np.concatenate([frequency.grid.advance(end, step), more])
            for end, step, more in zip(last, steps, ahead, strict=True)
        ]
        return calendar_columns(frequency, names, np.concatenate(times))
