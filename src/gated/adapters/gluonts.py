"""Defines `GatedPredictor`, the forecaster of gated as a predictor of GluonTS."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from gated.adapters.indexed_frames import (
    ID,
    TARGET,
    TIME,
    frequency_of,
    times_of,
    unique_names,
)
from gated.arrays import FloatArray
from gated.errors import DataError
from gated.forecast import Forecaster
from gated.libraries import importing

with importing("gluonts", "gated.adapters.gluonts"):
    from gluonts.core.component import validated
    from gluonts.model.forecast import QuantileForecast
    from gluonts.model.predictor import RepresentablePredictor

__all__ = ["GatedPredictor"]

# The deciles, and the ends of intervals that plots and metrics of GluonTS use: 50, 90 and 95 %.
_LEVELS = [0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.975]


class GatedPredictor(RepresentablePredictor):
    """A `gated.Forecaster` with the interface of GluonTS.

    Each item gets a `QuantileForecast` with the mean and the quantiles, in the order of the
    dataset. An item without an observed value gets NaN. `feat_dynamic_real` has covariates whose
    future is known; other features are not used.

    Many items are forecast in one call, which also calibrates the intervals on all of them. Items
    of one `item_id`, as in a rolling evaluation, are windows of one series: no window is in a call
    with another that has values of its future. Without `item_id`, a call has items of one end.

    Args:
        prediction_length: steps ahead.
        lead_time: steps between the end of an item and the first step of its forecast.
        quantile_levels: between 0 and 1; by default the deciles and the ends of the intervals of
            50, 90 and 95 %, which plots and metrics use. Others are interpolated by GluonTS.
        season_length: steps in the main cycle; by default the frequency's usual one.
        holidays: place of the public holidays to use: a country code, with or without a region.
        batch_size: items that are read before they are forecast.

    >>> from gluonts.dataset.common import ListDataset
    >>> sales = [10.0, 10, 10, 10, 10, 15, 15] * 8
    >>> items = ListDataset([{"start": "2024-01-01", "target": sales}], freq="D")
    >>> (made,) = GatedPredictor(prediction_length=7).predict(items)
    >>> made.quantile(0.5).round().tolist(), str(made.start_date)
    ([10.0, 10.0, 10.0, 10.0, 10.0, 15.0, 15.0], '2024-02-26')
    """

    @validated()
    def __init__(
        self,
        prediction_length: int,
        lead_time: int = 0,
        quantile_levels: list[float] = _LEVELS,
        season_length: int | None = None,
        holidays: str | None = None,
        batch_size: int = 1_000,
    ) -> None:
        super().__init__(prediction_length=prediction_length, lead_time=lead_time)
        self.quantile_levels = sorted(set(quantile_levels))
        self.season_length = season_length
        self.holidays = holidays
        self.batch_size = batch_size

    def predict(self, dataset: Any, **kwargs: Any) -> Iterator[QuantileForecast]:
        """Forecast each item of a dataset, in its order.

        Raises:
            DataError: an item has several dimensions, or the items have no covariates at the steps
                ahead.
        """
        items = (_Item.of(entry) for entry in dataset)
        while batch := list(islice(items, self.batch_size)):
            made = dict(self._forecasts(batch))
            yield from (made[place] for place in range(len(batch)))

    def predict_item(self, item: Any) -> QuantileForecast:
        """Forecast one item."""
        return next(self.predict([item]))

    def _forecasts(self, batch: Sequence["_Item"]) -> Iterator[tuple[int, QuantileForecast]]:
        """The forecast of each item, with its place in the batch."""
        n_steps = self.prediction_length
        for places in _calls(batch):
            items = [batch[place] for place in places]
            if items[0].n_observed:
                arrays = self._values(items)
            else:
                arrays = np.full((len(items), n_steps, 1 + len(self.quantile_levels)), np.nan)
            keys = ["mean", *(str(level) for level in self.quantile_levels)]
            for place, item, values in zip(places, items, arrays, strict=True):
                start = item.start + item.length + self.lead_time
                yield place, QuantileForecast(values.T.copy(), start, keys, item.item_id)

    def _values(self, items: Sequence["_Item"]) -> FloatArray:
        """[N, prediction_length, 1 + Q] the means and quantiles of items, in one call."""
        h = items[0].n_missing + self.lead_time + self.prediction_length
        names = [f"x{place}" for place in range(len(items[0].covariates))]
        labels = _labels(items)
        tables = [item.table(label, names) for label, item in zip(labels, items, strict=True)]
        forecaster = Forecaster(
            h=h,
            freq=frequency_of(items[0].times(0, 1)),
            season_length=self.season_length,
            holidays=self.holidays,
        )
        past = pd.concat(tables, ignore_index=True)
        forecaster.fit(past, covariates=names, id_col=ID, time_col=TIME, target_col=TARGET)
        future = None
        if names:
            pairs = zip(labels, items, strict=True)
            ahead = [item.future_table(label, names, h) for label, item in pairs]
            future = pd.concat(ahead, ignore_index=True)
        forecast = forecaster.predict(level=[], quantiles=self.quantile_levels, X_df=future)
        in_order = pd.Categorical(forecast[ID], categories=labels).codes.argsort(kind="stable")
        values: FloatArray = forecast.drop(columns=[ID, TIME, "gated"]).to_numpy()[in_order]
        return values.reshape(len(items), h, -1)[:, -self.prediction_length :]


@dataclass(frozen=True)
class _Item:
    """An item of a dataset.

    Attributes:
        start: the time of the first value.
        target: [T] values; NaN where not observed.
        covariates: [K, T + steps ahead] values whose future is known; K may be 0.
        item_id: its name, or None.
    """

    start: Any
    target: FloatArray
    covariates: FloatArray
    item_id: str | None

    @classmethod
    def of(cls, entry: Any) -> "_Item":
        """Read an entry of a dataset.

        Raises:
            DataError: the target has several dimensions.
        """
        target = np.asarray(entry["target"], dtype=np.float64)
        if target.ndim != 1:
            raise DataError(
                f"The target of an item has the shape {target.shape}. Expected one dimension, [T]. "
                "Give each dimension as an item of its own."
            )
        given = entry.get("feat_dynamic_real")
        covariates = np.zeros((0, len(target))) if given is None else np.atleast_2d(given)
        return cls(entry["start"], target, covariates, entry.get("item_id"))

    @property
    def length(self) -> int:
        return len(self.target)

    @cached_property
    def n_observed(self) -> int:
        """Steps up to the last observed value."""
        places = np.flatnonzero(~np.isnan(self.target))
        return int(places[-1]) + 1 if len(places) else 0

    @property
    def n_missing(self) -> int:
        """Steps after the last observed value, up to the end of the item."""
        return self.length - self.n_observed

    def times(self, first: int, end: int) -> pd.PeriodIndex:
        """The times of steps, the end not included."""
        return pd.period_range(self.start + first, periods=end - first, freq=self.start.freq)

    def table(self, label: str, names: Sequence[str]) -> pd.DataFrame:
        """unique_id, ds, y and the covariates, up to the last observed value."""
        frame = self._steps(label, names, 0, self.n_observed)
        frame.insert(2, TARGET, self.target[: self.n_observed])
        return frame

    def future_table(self, label: str, names: Sequence[str], h: int) -> pd.DataFrame:
        """unique_id, ds and the covariates of the `h` steps after the last observed value.

        Raises:
            DataError: there are fewer steps.
        """
        end = self.n_observed + h
        n_given = self.covariates.shape[1]
        if names and n_given < end:
            raise DataError(
                f"feat_dynamic_real of item {label} has {n_given:,} steps. "
                f"Expected {end:,}: those of the target and {end - self.length:,} ahead."
            )
        return self._steps(label, names, self.n_observed, end)

    def _steps(self, label: str, names: Sequence[str], first: int, end: int) -> pd.DataFrame:
        covariates = dict(zip(names, self.covariates[:, first:end], strict=True))
        return pd.DataFrame({ID: label, TIME: times_of(self.times(first, end)), **covariates})


def _labels(items: Sequence[_Item]) -> list[str]:
    """The names of items in messages."""
    ids = [item.item_id for item in items]
    return unique_names([str(place if found is None else found) for place, found in enumerate(ids)])


def _calls(batch: Sequence[_Item]) -> list[list[int]]:
    """The places of the items of each call.

    Items of a call have one frequency, the same covariates and the same number of missing values
    at their end; no two are windows of one series.
    """
    calls = defaultdict(list)
    windows: Counter[str] = Counter()
    for place, item in enumerate(batch):
        window: Any = item.start + item.length
        if item.item_id is not None:
            window = windows[item.item_id]
            windows[item.item_id] += 1
        missing = item.n_missing if item.n_observed else None
        calls[item.start.freqstr, len(item.covariates), missing, window].append(place)
    return [*calls.values()]
