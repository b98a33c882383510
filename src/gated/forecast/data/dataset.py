"""Prepares a table for the network: scales it, appends the future steps, computes the inputs."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.data.future_rows import FutureRows
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.regression.effect import Adjustment, adjustment
from gated.forecast.data.series.past_facts import PastFacts
from gated.forecast.data.series.scaler import SeriesScaler
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.data.time_features.calendar import calendar_columns
from gated.forecast.data.windows import WindowSource
from gated.table import Table


@dataclass(frozen=True)
class Dataset:
    """The rows of a table, where each series is followed by its (unobserved) future steps.

    Attributes:
        values: [R] float64, NaN where unobserved or closed; without the effect of covariates that
            the network cannot read.
        scaled: [R] float64, the same on the series-scaled axis.
        target: [R] float64, as `values`, with the effect.
        actual: [R] float64, the target on the series-scaled axis.
        closed: [R] whether the step is closed.
        shown: [R] whether the step is neither held out nor in the future.
        offsets: [N+1].
        history: [N] number of past steps of each series.
        scale: scale of each series.
        source: cuts windows.
        facts: facts on the target of each series, of all rows.
        adjustment: the effect of these covariates, if any.
    """

    values: FloatArray
    scaled: FloatArray
    target: FloatArray
    actual: FloatArray
    closed: BoolArray
    shown: BoolArray
    offsets: IntArray
    history: IntArray
    scale: SeriesScaler
    source: WindowSource
    facts: PastFacts
    adjustment: Adjustment | None = None

    def ahead(self, h: int) -> IntArray:
        """[N, h] the rows of the first h future steps."""
        rows: IntArray = (self.offsets[:-1] + self.history)[:, None] + np.arange(h)
        return rows

    def with_effect(self, scaled: FloatArray, series: IntArray, rows: IntArray) -> FloatArray:
        """Scaled forecasts [M, h] or [M, h, Q] of series [M], with the effect at rows [M, h]."""
        if self.adjustment is None:
            return scaled
        scale = self.scale.of(series)
        values = self.adjustment.added(scale.inverse_transform(scaled), series, rows)
        return scale.transform_forecast(values)


def build_dataset(
    table: Table,
    profile: TableProfile,
    layout: PatchLayout,
    future: FloatArray,
    shown: BoolArray | None = None,
) -> Dataset:
    """Append the future steps to each series and prepare all rows for the network.

    The future is padded to whole patches, because the network reads whole patches. The padding
    has the calendar features of its times and the last known covariates.

    Args:
        table: the past.
        profile: profile of the training table.
        layout: the geometry of the windows.
        future: [N, h, F] known-future covariates; F may be 0.
        shown: rows of the table that are not held out: scales are measured there. None: all.
    """
    requested = future.shape[1]
    h = math.ceil(requested / layout.patch) * layout.patch
    rows = FutureRows.of(table, np.pad(future, ((0, 0), (0, h - requested), (0, 0)), mode="edge"))
    offsets, ds = rows.offsets, rows.ds
    values = np.full(len(ds), np.nan)
    values[rows.past] = table.y

    # A closed step is not an observation of demand: it is masked, and forecast as 0.
    inputs, closed = profile.features(rows.covariates, ds)
    series = np.repeat(np.arange(table.n_series), table.lengths + h)
    closed |= profile.closed_calendar.closed_rows(table, ds, series, shown)
    values[closed] = np.nan
    is_shown = np.zeros(len(ds), dtype=bool)
    is_shown[rows.past] = True if shown is None else shown
    target, effect = values, None
    if profile.regression is not None:
        columns, grid = rows.regression_columns(profile.holidays), table.frequency.grid
        effect = adjustment(profile.regression, columns, ds, values, is_shown, offsets, grid)
        values = effect.removed(target, offsets)
    scale = SeriesScaler.fit(np.where(is_shown, values, np.nan), offsets)
    scaled = scale.transform(values, offsets)
    past_inputs = _past_inputs(table, profile, rows)
    calendar = calendar_columns(table.frequency, profile.calendar_names, ds)
    source = WindowSource(
        values=scaled,
        covariates=profile.known.standardise(inputs),
        past_covariates=past_inputs,
        calendar=calendar,
        static=profile.static.standardise(profile.static.inputs(table.static.values)),
        offsets=offsets,
        zero=scale.zero,
        layout=layout,
    )
    actual = scaled if effect is None else scale.transform(target, offsets)
    facts, history = PastFacts.of(target, offsets), table.lengths
    parts = (values, scaled, target, actual, closed, is_shown, offsets, history, scale, source)
    return Dataset(*parts, facts, effect)


def _past_inputs(table: Table, profile: TableProfile, rows: FutureRows) -> NDArray[np.float32]:
    """[R, G] standardised past covariates; 0, their mean, at the future steps."""
    known = profile.past.standardise(profile.past.inputs(table.past_covariates))
    whole = np.zeros((len(rows.ds), known.shape[1]), dtype=np.float32)
    whole[rows.past] = known
    return whole
