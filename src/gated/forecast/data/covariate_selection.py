"""Selects the covariates that are informative about the target; the others are left out.

A network fits the noise of an uninformative covariate, and loses accuracy. So each covariate is
tested by cross-validated ridge regression, on simple curves of it and by phase of the season. The
test measures the share of the target's deviations from its recent seasons that the deviations of
the covariate explain, in blocks of time that the regression was not fitted on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.data.covariate_encoder import CovariateEncoder, mean_and_spread
from gated.forecast.data.series.scaler import SeriesScaler
from gated.forecast.data.table_profile import TableProfile
from gated.table import Table

__all__ = [
    "TargetHistory",
    "is_informative",
    "target_history",
    "uninformative",
    "without_uninformative",
]


_SEASONS = 4  # deviations are from the mean of the same phase in this many seasons
_BLOCKS = 8
_RIDGE = 0.01
_FARTHEST = 4.0  # deviations are clipped at this many median deviations
_KNEE = 0.7  # position of the knees of the curves, in standard deviations
_ROWS_PER_PHASE = 250  # the number of phases grows with the rows, up to _PHASES
_PHASES = 8
_ROWS_FOR_CURVES = 500
_FEWEST_ROWS = 30
_MOST_ROWS = 200_000
# The explained share must be at least this, and more than its own standard error.
_LEAST_GAIN = 0.002


@dataclass(frozen=True)
class TargetHistory:
    """The past of the target, for tests of covariates.

    Attributes:
        y: [R] on the series-scaled axis, NaN where not observed, held out or closed.
        offsets: [N+1] int64.
        ds: [R] times; the blocks are intervals of time, the same for all series.
        season: season length in steps.
    """

    y: FloatArray
    offsets: IntArray
    ds: NDArray[np.generic]
    season: int

    def sample(self) -> IntArray:
        """Rows of evenly chosen whole series: about `_MOST_ROWS`, at least one series."""
        lengths = np.diff(self.offsets)
        if lengths.sum() <= _MOST_ROWS:
            return np.arange(self.offsets[-1])
        count = max(1, int(_MOST_ROWS / lengths.mean()))
        chosen = np.unique(np.linspace(0, len(lengths) - 1, count).astype(np.int64))
        return np.concatenate([np.arange(*self.offsets[i : i + 2]) for i in chosen])

    def deviations(self, values: FloatArray, rows: IntArray) -> FloatArray:
        """Values [R, B] at some rows, minus the mean of the same phase in the seasons before."""
        begin = np.repeat(self.offsets[:-1], np.diff(self.offsets))[rows]
        total = np.zeros((len(rows), values.shape[1]))
        count = np.zeros_like(total)
        for back in range(1, _SEASONS + 1):
            source = rows - back * self.season
            before = np.where((source >= begin)[:, None], values[np.maximum(source, 0)], np.nan)
            observed = np.isfinite(before)
            total += np.where(observed, before, 0.0)
            count += observed
        mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return values[rows] - mean


def without_uninformative(profile: TableProfile, table: Table, shown: BoolArray) -> TableProfile:
    """The profile without uninformative covariates, which are tested on the shown rows [R]."""
    if not (profile.known.features or profile.past.features):
        return profile
    inputs, _ = profile.features(table.covariates, table.ds)
    shown = shown & ~profile.closed_before(table, shown)
    history = target_history(table, shown)
    groups = profile.groups
    spared = profile.closing.covariate if profile.closing is not None else None
    lag = table.frequency.season_length  # past covariates must explain the next season
    past = profile.past.inputs(table.past_covariates)
    left_out = (
        *uninformative(history, profile.known, inputs, groups=groups, spared=spared),
        *uninformative(history, profile.past, past, groups=groups, spared=spared, lag=lag),
    )
    dropped = {*left_out, *(name for name, group in groups.items() if group in left_out)}
    return replace(
        profile,
        known=profile.known.without(dropped),
        past=profile.past.without(dropped),
        uninformative=left_out,
    )


def target_history(table: Table, shown: BoolArray) -> TargetHistory:
    """The target of a table at the shown rows [R], each series on its own scale."""
    y = np.where(shown, table.y, np.nan)
    scale = SeriesScaler.fit(y, table.offsets)
    season = table.frequency.season_length
    return TargetHistory(scale.transform(y, table.offsets), table.offsets, table.ds, season)


def uninformative(
    history: TargetHistory,
    encoder: CovariateEncoder,
    inputs: FloatArray,
    *,
    groups: Mapping[str, str],
    spared: str | None,
    lag: int = 0,
) -> tuple[str, ...]:
    """The covariates, or groups of them, that are not informative about the target.

    Args:
        history: past of the target, without held-out and closed steps.
        encoder: names of the features.
        inputs: [R, E] the features.
        groups: maps a covariate to the group that it is tested with; others are tested alone.
        spared: a covariate that is not tested.
        lag: delay in steps after which the covariates are known.
    """
    columns: dict[str, list[int]] = {}
    for index, feature in enumerate(encoder.features):
        name = groups.get(feature.covariate, feature.covariate)
        columns.setdefault(name, []).append(index)
    if spared is not None:
        columns.pop(groups.get(spared, spared), None)
    return tuple(
        name
        for name, which in columns.items()
        if not is_informative(history, inputs[:, which], lag=lag)
    )


def is_informative(past: TargetHistory, covariate: FloatArray, *, lag: int = 0) -> bool:
    """Whether a covariate is informative about the target.

    Args:
        past: past of the target.
        covariate: [R, B] one column, or the columns of one group; NaN where missing.
        lag: delay in steps after which the covariate is known; 0 if its future is known.

    Returns:
        Also True if there are too few rows for the test.
    """
    rows = past.sample()
    target = past.deviations(past.y[:, None], rows)[:, 0]
    curves = _curves(covariate, len(rows) >= _ROWS_FOR_CURVES)
    curves = past.deviations(_delayed(curves, past.offsets, lag), rows)
    known = np.isfinite(target) & np.isfinite(curves).all(axis=1)
    if known.sum() < _FEWEST_ROWS:
        return True
    rows, target, curves = rows[known], target[known], curves[known]
    unit = 1.4826 * float(np.median(np.abs(target - np.median(target)))) or float(target.std())
    if unit == 0:
        return True
    target = np.clip(target / unit, -_FARTHEST, _FARTHEST)
    gains = _gains(target, _by_phase(past, rows, curves), past.ds[rows])
    error = gains.std(ddof=1) / np.sqrt(_BLOCKS)
    return bool(gains.mean() > max(_LEAST_GAIN, error))


def _curves(covariate: FloatArray, is_long: bool) -> FloatArray:
    """[R, B'] standardised columns; for numeric columns also a square and two knees."""
    columns = []
    for column in covariate.T:
        mean, spread = mean_and_spread(column)
        column = np.where(np.isfinite(column), (column - mean) / spread, 0.0)
        columns.append(column)
        if is_long and len(np.unique(column[:1000])) > 2:
            columns += [column**2, np.maximum(column - _KNEE, 0), np.maximum(-column - _KNEE, 0)]
    return np.stack(columns, axis=1)


def _delayed(values: FloatArray, offsets: IntArray, lag: int) -> FloatArray:
    """Shift each series by `lag` steps; NaN at its beginning."""
    if not lag:
        return values
    delayed = np.full_like(values, np.nan)
    delayed[lag:] = values[:-lag]
    step = np.arange(len(values)) - np.repeat(offsets[:-1], np.diff(offsets))
    delayed[step < lag] = np.nan
    return delayed


def _by_phase(past: TargetHistory, rows: IntArray, curves: FloatArray) -> FloatArray:
    """Regressors: curves [n, B] for all phases together, then for each part of the season."""
    phases = int(np.clip(len(rows) // _ROWS_PER_PHASE, 1, min(_PHASES, past.season)))
    if phases == 1:
        whole = curves
    else:
        step = rows - np.repeat(past.offsets[:-1], np.diff(past.offsets))[rows]
        phase = (step % past.season) * phases // past.season
        parts = [np.where((phase == part)[:, None], curves, 0.0) for part in range(phases)]
        whole = np.concatenate([curves, *parts], axis=1)
    size = np.sqrt((whole**2).mean(axis=0))
    return whole / np.where(size > 0, size, 1.0)


def _gains(target: FloatArray, curves: FloatArray, ds: NDArray[np.generic]) -> FloatArray:
    """[blocks] the explained share of the squared target in each block, fitted on the others."""
    order = np.argsort(ds, kind="stable")
    block = np.empty(len(ds), dtype=np.int64)
    block[order] = np.arange(len(ds)) * _BLOCKS // len(ds)
    square, product = curves.T @ curves, curves.T @ target
    ridge = _RIDGE * len(target) * np.eye(curves.shape[1])
    gains = []
    for index in range(_BLOCKS):
        held, actual = curves[block == index], target[block == index]
        weights = np.linalg.solve(square - held.T @ held + ridge, product - held.T @ actual)
        gains.append((actual**2).sum() - ((actual - held @ weights) ** 2).sum())
    share: FloatArray = np.array(gains) / (target**2).sum() * _BLOCKS
    return share
