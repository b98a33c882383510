"""Scores attributions by the forecasts after the named values were replaced.

The values of each forecast step are sorted by their relevance, and the first are replaced by one
of three replacements. The relevance is the absolute attribution, or, in its own table, the signed
one in the direction of the forecast: then values come first that moved it away from the mean.

- `season`: the value of one season before (after, for the first season);
- `mean`: the mean of the series;
- `noise`: another value of the series, drawn at random.

Scores, all in units of the spread of the series:

- AOPCR (Ozyegen et al. 2020, arXiv 2009.09092): the mean change of the forecast when the first 1 to
  10 % of the values are replaced; higher is better.
- APT (the same): the share of the values that are replaced until the forecast has changed by a
  fifth of the spread; 1 if it never does. Lower is better.
- Comprehensiveness and sufficiency (DeYoung et al. 2020, arXiv 1911.03429): the mean change when
  the first 1, 5, 10, 20, 50 % are replaced, higher is better; or when all others are, lower is
  better.
- CPD, the cumulative prediction difference: the sum of the changes from each share to the next;
  higher is better.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

import numpy as np

from benchmarks.explain.perturbed import PerturbedForecast
from gated.arrays import FloatArray, IntArray

__all__ = ["REPLACEMENTS", "Replacement", "scores"]

Replacement: TypeAlias = Literal["season", "mean", "noise"]
REPLACEMENTS: tuple[Replacement, ...] = get_args(Replacement)
"""The names of the replacements."""

_SHARES = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.2, 0.5)
_AOPCR, _BINS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1), (0.01, 0.05, 0.1, 0.2, 0.5)
_CHANGED = 0.2
_STEPS = 5  # of the horizon that are scored


def scores(
    forecast: PerturbedForecast, relevance: FloatArray, replacement: Replacement, season: int
) -> Mapping[str, float]:
    """Score the relevance [h, T] of the past values of one series."""
    past = forecast.past
    replaced = _replaced(past, replacement, season, forecast.series)
    observed = np.flatnonzero(np.isfinite(past))
    is_open = ~forecast.made.data.closed[forecast.made.data.ahead(forecast.made.h)[forecast.series]]
    chosen = np.flatnonzero(is_open)
    chosen = chosen[np.unique(np.linspace(0, len(chosen) - 1, _STEPS).round().astype(int))]
    without, only = [], []
    for step in chosen:
        order = observed[np.argsort(-relevance[step, observed], kind="stable")]
        without += [_with(past, replaced, order[: _count(order, share)]) for share in _SHARES]
        only += [_with(past, replaced, order[_count(order, share) :]) for share in _BINS]
    found = forecast.of(np.stack([past, *without, *only]))
    rows = np.arange(len(chosen))
    base = found[0, chosen][:, None]
    removed = found[1 : 1 + len(without)].reshape(len(chosen), len(_SHARES), -1)[rows, :, chosen]
    kept = found[1 + len(without) :].reshape(len(chosen), len(_BINS), -1)[rows, :, chosen]
    changes = np.abs(removed - base)
    at = {share: changes[:, place] for place, share in enumerate(_SHARES)}
    path = np.concatenate([base, removed], axis=1)
    changed = np.concatenate([changes >= _CHANGED, np.ones((len(chosen), 1), dtype=bool)], axis=1)
    return {
        "AOPCR": float(np.mean([at[share] for share in _AOPCR])),
        "APT": float(np.mean(np.array([*_SHARES, 1.0])[changed.argmax(axis=1)])),
        "comprehensiveness": float(np.mean([at[share] for share in _BINS])),
        "sufficiency": float(np.abs(kept - base).mean()),
        "CPD": float(np.abs(np.diff(path, axis=1)).sum(axis=1).mean()),
    }


def _count(order: IntArray, share: float) -> int:
    return max(1, round(share * len(order)))


def _with(past: FloatArray, replaced: FloatArray, places: IntArray) -> FloatArray:
    moved = past.copy()
    moved[places] = replaced[places]
    return moved


def _replaced(past: FloatArray, replacement: Replacement, season: int, seed: int) -> FloatArray:
    """[T] what each value is replaced by."""
    mean = float(np.nanmean(past))
    if replacement == "mean":
        return np.full(len(past), mean)
    if replacement == "noise":
        known = past[np.isfinite(past)]
        return np.random.default_rng([7, seed]).choice(known, len(past))
    before = np.concatenate([past[season : 2 * season], past[:-season]])
    return np.where(np.isfinite(before), before, mean)
