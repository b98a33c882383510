"""Selects the covariates that are informative about the target, before the network sees them.

An uninformative covariate costs a small network accuracy: the network fits its noise. So each
covariate is tested first, by cross-validated ridge regression on simple curves of it, by phase of
the season: what share of the target's departure from its recent seasons does the covariate's own
departure explain, in blocks of time that the regression was not fitted on?
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.data.covariate_encoder import CovariateEncoder, mean_and_spread
from gated.forecast.data.series_scaler import SeriesScaler
from gated.table import Table

__all__ = ["TargetHistory", "is_informative", "target_history", "uninformative"]


_SEASONS = 4  # departures are from the mean of the same phase in so many seasons
_BLOCKS = 8
_RIDGE = 0.01
_FARTHEST = 4.0  # departures beyond so many median ones are cut
_KNEE = 0.7  # in standard deviations: where the curves bend
_ROWS_PER_PHASE = 250  # the more rows, the more phases are distinguished, up to _PHASES
_PHASES = 8
_ROWS_FOR_CURVES = 500
_FEWEST_ROWS = 30
_MOST_ROWS = 200_000
# What is explained must be this share at least, and more than its own standard error.
_LEAST_GAIN = 0.002


@dataclass(frozen=True)
class TargetHistory:
    """The target's past, as covariates are tested against it.

    Attributes:
        y: [R] on the series-scaled axis, NaN where not observed or not to be looked at.
        offsets: [N+1] int64.
        ds: [R] times: blocks are of time, the same for all series.
        season: steps.
    """

    y: FloatArray
    offsets: IntArray
    ds: NDArray[np.generic]
    season: int

    def sample(self) -> IntArray:
        """Rows of whole series, evenly spread, no more than `_MOST_ROWS` or one series."""
        lengths = np.diff(self.offsets)
        if lengths.sum() <= _MOST_ROWS:
            return np.arange(self.offsets[-1])
        count = max(1, int(_MOST_ROWS / lengths.mean()))
        chosen = np.unique(np.linspace(0, len(lengths) - 1, count).astype(np.int64))
        return np.concatenate([np.arange(*self.offsets[i : i + 2]) for i in chosen])

    def departures(self, values: FloatArray, rows: IntArray) -> FloatArray:
        """Values [R, B] at some rows, less the mean of the same phase in the seasons before."""
        begin = np.repeat(self.offsets[:-1], np.diff(self.offsets))[rows]
        total = np.zeros((len(rows), values.shape[1]))
        count = np.zeros_like(total)
        for back in range(1, _SEASONS + 1):
            source = rows - back * self.season
            earlier = np.where((source >= begin)[:, None], values[np.maximum(source, 0)], np.nan)
            seen = np.isfinite(earlier)
            total += np.where(seen, earlier, 0.0)
            count += seen
        mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return values[rows] - mean


def target_history(table: Table, shown: BoolArray) -> TargetHistory:
    """The target of a table on rows [R] that may be looked at, each series on its own scale."""
    y = np.where(shown, table.y, np.nan)
    scale = SeriesScaler.fit(y, table.offsets)
    season = table.frequency.season_length
    return TargetHistory(scale.forward(y, table.offsets), table.offsets, table.ds, season)


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
        history: of the target, without what is held out or closed.
        encoder: which features are made of the covariates.
        inputs: [R, E] these features.
        groups: covariate to the name of the group that it is tested with; others stand alone.
        spared: a covariate that is not tested.
        lag: how many steps late the covariates are known.
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
    """Whether a covariate is_informative something about the target.

    Args:
        past: of the target.
        covariate: [R, B] one column, or several that belong together; NaN where missing.
        lag: how many steps late the covariate is known; 0 for one known in advance.

    Returns:
        Also True where there are too few rows to test on.
    """
    rows = past.sample()
    target = past.departures(past.y[:, None], rows)[:, 0]
    curves = _curves(covariate, len(rows) >= _ROWS_FOR_CURVES)
    causes = past.departures(_late(curves, past.offsets, lag), rows)
    known = np.isfinite(target) & np.isfinite(causes).all(axis=1)
    if known.sum() < _FEWEST_ROWS:
        return True
    rows, target, causes = rows[known], target[known], causes[known]
    unit = 1.4826 * float(np.median(np.abs(target - np.median(target)))) or float(target.std())
    if unit == 0:
        return True
    target = np.clip(target / unit, -_FARTHEST, _FARTHEST)
    gains = _gains(target, _by_phase(past, rows, causes), past.ds[rows])
    error = gains.std(ddof=1) / np.sqrt(_BLOCKS)
    return bool(gains.mean() > max(_LEAST_GAIN, error))


def _curves(covariate: FloatArray, is_long: bool) -> FloatArray:
    """[R, B'] standardised columns; of numbers also a square and two knees."""
    columns = []
    for column in covariate.T:
        mean, spread = mean_and_spread(column)
        column = np.where(np.isfinite(column), (column - mean) / spread, 0.0)
        columns.append(column)
        if is_long and len(np.unique(column[:1000])) > 2:
            columns += [column**2, np.maximum(column - _KNEE, 0), np.maximum(-column - _KNEE, 0)]
    return np.stack(columns, axis=1)


def _late(values: FloatArray, offsets: IntArray, lag: int) -> FloatArray:
    """Each series moved `lag` steps on; NaN at its beginning."""
    if not lag:
        return values
    late = np.full_like(values, np.nan)
    late[lag:] = values[:-lag]
    step = np.arange(len(values)) - np.repeat(offsets[:-1], np.diff(offsets))
    late[step < lag] = np.nan
    return late


def _by_phase(past: TargetHistory, rows: IntArray, causes: FloatArray) -> FloatArray:
    """Causes [n, B] for all phases together, then for each part of the season by itself."""
    phases = int(np.clip(len(rows) // _ROWS_PER_PHASE, 1, min(_PHASES, past.season)))
    if phases == 1:
        whole = causes
    else:
        step = rows - np.repeat(past.offsets[:-1], np.diff(past.offsets))[rows]
        phase = (step % past.season) * phases // past.season
        parts = [np.where((phase == part)[:, None], causes, 0.0) for part in range(phases)]
        whole = np.concatenate([causes, *parts], axis=1)
    size = np.sqrt((whole**2).mean(axis=0))
    return whole / np.where(size > 0, size, 1.0)


def _gains(target: FloatArray, causes: FloatArray, ds: NDArray[np.generic]) -> FloatArray:
    """[blocks] the share of the squared target that is explained in each block from the others."""
    order = np.argsort(ds, kind="stable")
    block = np.empty(len(ds), dtype=np.int64)
    block[order] = np.arange(len(ds)) * _BLOCKS // len(ds)
    square, product = causes.T @ causes, causes.T @ target
    ridge = _RIDGE * len(target) * np.eye(causes.shape[1])
    gains = []
    for index in range(_BLOCKS):
        held, actual = causes[block == index], target[block == index]
        weights = np.linalg.solve(square - held.T @ held + ridge, product - held.T @ actual)
        gains.append((actual**2).sum() - ((actual - held @ weights) ** 2).sum())
    share: FloatArray = np.array(gains) / (target**2).sum() * _BLOCKS
    return share
