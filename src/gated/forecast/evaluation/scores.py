"""Forecasts beside what came, scored in every way a backtest is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast import metric_terms
from gated.forecast.baselines.method_forecast import MethodForecast
from gated.forecast.metric_terms import Terms
from gated.forecast.quantiles import QUANTILES, at_level

__all__ = ["Actuals", "score"]


_DECILES = [level for level in QUANTILES if 0.1 <= level <= 0.9]
_DECILES_AT = [QUANTILES.index(level) for level in _DECILES]


@dataclass(frozen=True)
class Actuals:
    """What came.

    Attributes:
        y: [M, h], NaN where it was not observed.
        scale: [M] the seasonal-naive error of each past: the divisor of MASE and MSIS.
        shut: [M, h] steps known in advance to be 0. Intervals are not checked there: they would
            hold without merit.
    """

    y: FloatArray
    scale: FloatArray
    shut: BoolArray


def score(
    outcome: Actuals,
    answers: Mapping[str, MethodForecast],
    levels: Sequence[float],
    group: IntArray,
    count: int,
) -> dict[str, dict[str, FloatArray]]:
    """Score every method over groups of steps.

    A method without quantiles has the CRPS of its points, which is their WAPE, and neither
    coverage nor MSIS.

    Args:
        outcome: what came.
        answers: by name of the method.
        levels: the intervals to check, in percent.
        group: 0 to count − 1 for every step, of a shape that broadcasts to [M, h].
        count: how many groups.

    Returns:
        Method to score to [count]: mase, smape, wape, rmse, crps, and for each level such as 80
        coverage-80 and msis-80; NaN where a score cannot be given.
    """
    return {
        name: {key: part.by(group, count) for key, part in _terms(outcome, answer, levels).items()}
        for name, answer in answers.items()
    }


def _terms(outcome: Actuals, answer: MethodForecast, levels: Sequence[float]) -> dict[str, Terms]:
    y, scale, points, quantiles = outcome.y, outcome.scale, answer.points, answer.quantiles
    parts = {
        "mase": metric_terms.mase(y, points, scale),
        "smape": metric_terms.smape(y, points),
        "wape": metric_terms.wape(y, points),
        "rmse": metric_terms.rmse(y, points),
        "crps": metric_terms.wape(y, points),
    }
    if quantiles is None:
        nothing = Terms(y, np.full_like(y, np.nan))
        return parts | {
            f"{key}-{level:g}": nothing for level in levels for key in ("coverage", "msis")
        }
    parts["crps"] = metric_terms.crps(y, quantiles[..., _DECILES_AT], _DECILES)
    uncertain = np.where(outcome.shut, np.nan, y)
    for level in levels:
        tail = (100 - level) / 200
        lo, hi = at_level(quantiles, tail), at_level(quantiles, 1 - tail)
        parts[f"coverage-{level:g}"] = metric_terms.coverage(uncertain, lo, hi)
        parts[f"msis-{level:g}"] = metric_terms.msis(uncertain, lo, hi, scale, level)
    return parts
