"""Prepares the rows of a regression: a sample, scales of features, axes of the target, blocks."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.data.covariate_encoder import CovariateEncoder
from gated.forecast.data.regression.deviations import Deviations
from gated.forecast.data.regression.effect import AXES, Axis, series_units, to_axis
from gated.forecast.data.regression.ridge import BLOCKS
from gated.forecast.data.series.scaler import SeriesScaler
from gated.table import Table

__all__ = ["axis_values", "ranges", "sampled_rows", "scaled_encoder", "time_blocks"]

_MOST_ROWS = 200_000
_SLOWEST = 1e-6  # the spread of a number is at least this share of its range


def sampled_rows(offsets: IntArray) -> IntArray:
    """Rows of evenly chosen whole series: about `_MOST_ROWS`, at least one series."""
    lengths = np.diff(offsets)
    if lengths.sum() <= _MOST_ROWS:
        return np.arange(offsets[-1])
    count = max(1, int(_MOST_ROWS / lengths.mean()))
    chosen = np.unique(np.linspace(0, len(lengths) - 1, count).astype(np.int64))
    return np.concatenate([np.arange(*offsets[i : i + 2]) for i in chosen])


def ranges(inputs: FloatArray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The lowest and the highest value of each feature [R, E]; 0 without values."""
    known = np.isfinite(inputs)
    low = np.where(known, inputs, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, inputs, -np.inf).max(axis=0, initial=-np.inf)
    low, high = np.where(np.isfinite(low), low, 0.0), np.where(np.isfinite(high), high, 0.0)
    return tuple(float(v) for v in low), tuple(float(v) for v in high)


def scaled_encoder(
    encoder: CovariateEncoder,
    inputs: FloatArray,
    flags: Sequence[bool],
    deviations: Deviations,
    is_shown: BoolArray,
) -> CovariateEncoder:
    """The encoder with spreads for the regression.

    A number has a spread of 1 in its deviations from the seasons before; a flag keeps its two
    values, so that rare ones have no larger effects than frequent ones.
    """
    known = np.isfinite(inputs)
    largest = np.where(known, np.abs(inputs), 0.0).max(axis=0, initial=0.0)
    largest = np.where(largest > 0, largest, 1.0)  # in units of it, squares stay finite
    filled = np.where(known, inputs, [f.mean for f in encoder.features]) / largest
    change = np.sqrt((deviations.apply(filled)[is_shown] ** 2).mean(axis=0))
    extent = filled.max(axis=0) - filled.min(axis=0)
    relative = np.where(flags, extent, np.maximum(change, _SLOWEST * extent))
    spreads = np.where(relative > 0, relative, 1.0) * largest
    features = [
        replace(feature, spread=float(spread))
        for feature, spread in zip(encoder.features, spreads, strict=True)
    ]
    return CovariateEncoder(encoder.names, tuple(features))


def axis_values(
    y: FloatArray, offsets: IntArray, shown: BoolArray
) -> tuple[dict[Axis, FloatArray], dict[Axis, FloatArray]]:
    """The target [R] on each possible axis, and the units [N] of its series."""
    training = np.where(shown, y, np.nan)
    spread = SeriesScaler.fit(training, offsets).spread
    has_negative = bool((y[np.isfinite(y)] < 0).any())
    values: dict[Axis, FloatArray] = {}
    units: dict[Axis, FloatArray] = {}
    for axis in AXES[:1] if has_negative else AXES:
        units[axis] = series_units(training, offsets, axis, spread)
        values[axis] = to_axis(y / np.repeat(units[axis], np.diff(offsets)), axis)
    return values, units


def time_blocks(table: Table, rows: IntArray, is_shown: BoolArray) -> IntArray:
    """[D] the block of each row: equal numbers of rows by time; `BLOCKS` for held-out rows."""
    block = np.full(len(rows), BLOCKS, dtype=np.int64)
    shown = np.flatnonzero(is_shown)
    order = np.argsort(table.ds[rows[shown]], kind="stable")
    block[shown[order]] = np.arange(len(shown)) * BLOCKS // len(shown)
    return block
