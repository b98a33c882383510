"""Scores forecasts against the actual values, over any groups of steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast import metrics
from gated.forecast.baselines.method_forecast import MethodForecast
from gated.forecast.metrics import MetricTerms
from gated.forecast.quantiles import QUANTILES, at_level

__all__ = ["Actuals", "score"]


_DECILES = [level for level in QUANTILES if 0.1 <= level <= 0.9]
_DECILES_AT = [QUANTILES.index(level) for level in _DECILES]


@dataclass(frozen=True)
class Actuals:
    """The actual values of M forecasts.

    Attributes:
        y: [M, h], NaN where not observed.
        scale: [M] the seasonal-naive error of each past: the divisor of MASE and MSIS.
        closed: [M, h] steps known in advance to be 0. Intervals are not scored there, because
            their coverage would be trivial.
    """

    y: FloatArray
    scale: FloatArray
    closed: BoolArray


def score(
    actuals: Actuals,
    forecasts: Mapping[str, MethodForecast],
    levels: Sequence[float],
    group: IntArray,
    count: int,
) -> dict[str, dict[str, FloatArray]]:
    """Score every method over groups of steps.

    The CRPS of a method without quantiles is its WAPE; it has neither coverage nor MSIS.

    Args:
        actuals: the actual values.
        forecasts: maps the name of a method to its forecast.
        levels: the levels of the intervals, in percent.
        group: 0 to count − 1 for every step, of a shape that broadcasts to [M, h].
        count: number of groups.

    Returns:
        Method → score → [count] values: mase, smape, wape, rmse, bias, crps, and for each level
        such as 80 coverage-80 and msis-80; NaN if a score is not defined.
    """
    return {
        name: {
            key: part.by(group, count) for key, part in _terms(actuals, forecast, levels).items()
        }
        for name, forecast in forecasts.items()
    }


def _terms(
    actuals: Actuals, forecast: MethodForecast, levels: Sequence[float]
) -> dict[str, MetricTerms]:
    y, scale, points, quantiles = actuals.y, actuals.scale, forecast.points, forecast.quantiles
    parts = {
        "mase": metrics.mase.terms(y, points, scale),
        "smape": metrics.smape.terms(y, points),
        "wape": metrics.wape.terms(y, points),
        "rmse": metrics.rmse.terms(y, points),
        "bias": metrics.bias.terms(y, forecast.for_sums),
        "crps": metrics.wape.terms(y, points),
    }
    if quantiles is None:
        nothing = MetricTerms(y, np.full_like(y, np.nan))
        return parts | {
            f"{key}-{level:g}": nothing for level in levels for key in ("coverage", "msis")
        }
    parts["crps"] = metrics.scaled_crps.terms(y, quantiles[..., _DECILES_AT], _DECILES)
    uncertain = np.where(actuals.closed, np.nan, y)
    for level in levels:
        tail = (100 - level) / 200
        lo, hi = at_level(quantiles, tail), at_level(quantiles, 1 - tail)
        parts[f"coverage-{level:g}"] = metrics.coverage.terms(uncertain, lo, hi)
        parts[f"msis-{level:g}"] = metrics.msis.terms(uncertain, lo, hi, scale, level)
    return parts
