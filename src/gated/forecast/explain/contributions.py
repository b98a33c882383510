"""Divides the forecast of a series into contributions of its past values and covariates.

    forecast = reference + Σ contributions of past values + contributions of covariates + rest

The reference is the mean of the past that the network reads. All parts are in the unit of the
target and add up; see `model.sensitivity` for why.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray
from gated.forecast.data.future_rows import FutureRows
from gated.forecast.data.series.value_limits import ValueLimits
from gated.forecast.explain.baseline_sensitivity import baseline_weights
from gated.forecast.explain.effects import Effects
from gated.forecast.explain.number import ExplainedNumber
from gated.forecast.model.inspection.sensitivity import Sensitivity, sensitivity
from gated.forecast.model.views import averaged
from gated.forecast.validation.baseline_points import BaselinePast
from gated.table.time.grid import Grid

__all__ = ["Contributions", "contributions"]

# The name of the contribution of the network's calendar features, which only training adds.
_CALENDAR = "the calendar"


@dataclass(frozen=True)
class Contributions:
    """What the forecast of one series consists of, in the unit of the target.

    Attributes:
        number: [h] the forecast, before it is rounded.
        reference: the mean of the past that the recurrence reads, with the mean effect of the
            covariates.
        weights: [h, T] by how much each forecast step moves if a past value is larger by 1; 0 for
            an outlier that is read as a smaller value.
        past: [h, T] the contribution of each past value.
        covariates: name to [h], that of each covariate.
        factor: [h] that of growth as a factor: a series that grows by a factor is farther from 0.
        others: [h] that of the mean of all intermittent series, for a series with many zeros.
        limit: [h] what a forecast below 0 is raised by, where no value was ever negative.
        rest: [h] what is left: rounding errors, shifts that the network does not follow exactly,
            effects that cancel, and the error of the quadrature for a network with covariates.
        closed: [h] whether a step is closed: its forecast is 0, whatever the past.
    """

    number: FloatArray
    reference: float
    weights: FloatArray
    past: FloatArray
    covariates: dict[str, FloatArray]
    factor: FloatArray
    others: FloatArray
    limit: FloatArray
    rest: FloatArray
    closed: BoolArray

    @property
    def of_open_steps(self) -> "Contributions":
        """The same, with 0 for all parts of closed steps.

        Where a derivative is no number, which takes values near the largest floats, the whole
        difference to the reference is not explained.
        """
        parts = [self.weights, self.past, self.factor, self.others, self.limit, self.rest]
        parts += self.covariates.values()
        finite = [np.isfinite(part.reshape(len(self.number), -1)).all(axis=1) for part in parts]
        is_open, known = ~self.closed, np.logical_and.reduce(finite)

        def of_known(part: FloatArray) -> FloatArray:
            kept = (is_open & known).reshape(-1, *[1] * (part.ndim - 1))
            return np.where(kept, part, 0.0)

        return Contributions(
            number=np.where(is_open, self.number, 0.0),
            reference=self.reference,
            weights=of_known(self.weights),
            past=of_known(self.past),
            covariates={name: of_known(part) for name, part in self.covariates.items()},
            factor=of_known(self.factor),
            others=of_known(self.others),
            limit=of_known(self.limit),
            rest=np.where(is_open & ~known, self.number - self.reference, of_known(self.rest)),
            closed=self.closed,
        )


def contributions(number: ExplainedNumber, rows: FutureRows | None, grid: Grid) -> Contributions:
    """Explain the forecast of one series.

    Args:
        number: the number to explain.
        rows: the covariates of past and future; None without a regression on them.
        grid: the grid of the times.
    """
    data, series = number.data, number.series
    forecasts = _Forecasts.of(number)
    alone, whole = forecasts.numbers(effect=False), forecasts.numbers(effect=True)
    reference = _reference(number)
    found, factor, others = _without_effects(number, forecasts, reference)
    covariates = _of_inputs(number, found)
    weights = np.where(found.limited, 0.0, found.weights)
    slope, at_mean = np.ones(number.h), alone
    effects = Effects.of(number, rows, grid)
    if effects is not None:
        slope, at_mean = effects.slope_at_mean(alone, reference), effects.at_mean(alone)
        reference = float(effects.at_mean(np.array([reference]))[0])
        ahead, removed = effects.slopes(alone)
        weights = ahead[:, None] * weights * removed
    covariates = {name: slope * part for name, part in covariates.items()}
    if effects is not None:
        for name, part in effects.divided(whole - at_mean).items():
            covariates[name] = covariates.get(name, 0.0) + part
    unit, center = float(data.scale.spread[series]), float(data.scale.center[series])
    limits = ValueLimits.of(number.fitted.profile, data)
    lowest = -center / unit if limits.non_negative[series] else -np.inf
    shown = np.maximum(whole, lowest)
    moves = slope[:, None] * found.moves
    parts = [slope * factor, slope * others, shown - whole, *covariates.values()]
    moved = moves.sum(axis=1) + np.sum(parts, axis=0)
    return Contributions(
        number=unit * shown + center,
        reference=unit * reference + center,
        weights=weights,
        past=unit * moves,
        covariates={name: unit * part for name, part in covariates.items()},
        factor=unit * slope * factor,
        others=unit * slope * others,
        limit=unit * (shown - whole),
        rest=unit * (shown - reference - moved),
        closed=data.closed[number.ahead],
    ).of_open_steps


@dataclass(frozen=True)
class _Forecasts:
    """The forecasts of network and baseline for one series, on the series-scaled axis.

    Attributes:
        number: the number to explain.
        quantiles: [1, h, Q] of the network.
        past: what the baseline reads; None if the network forecasts alone.
        points: [1, h] of the baseline, or None.
    """

    number: ExplainedNumber
    quantiles: FloatArray
    past: BaselinePast | None
    points: FloatArray | None

    @classmethod
    def of(cls, number: ExplainedNumber) -> "_Forecasts":
        combination, data = number.fitted.combination, number.data
        one, cutoff = np.array([number.series]), np.array([number.history])
        network = number.fitted.network
        quantiles = averaged(combination.views, network, data.source, one, cutoff, number.h)
        past, points = None, None
        if combination.share < 1:
            past = BaselinePast.of(data, one, cutoff, number.season_length)
            points = past.forecast(combination.baseline, number.season_length, number.h)
        return cls(number, quantiles.astype(np.float64), past, points)

    def numbers(self, *, effect: bool) -> FloatArray:
        """[h] the number of each step, with the effect of the covariates or without."""
        found: FloatArray = self.number.of(self.quantiles, self.points, effect=effect)[0]
        return found


def _without_effects(
    number: ExplainedNumber, forecasts: _Forecasts, reference: float
) -> tuple[Sensitivity, FloatArray, FloatArray]:
    """How the number depends on the past, without the effect of covariates of a regression.

    Returns:
        The sensitivity of the combined forecast, and the contributions [h] of zero and of the mean
        of all intermittent series.
    """
    data, series = number.data, number.series
    points = None if forecasts.points is None else forecasts.points[0]
    slopes, baseline_slope = number.slopes(forecasts.quantiles[0], points)
    place = (series, number.history)
    fitted = number.fitted
    found = sensitivity(
        fitted.network, fitted.combination.views, data.source, place, slopes, reference
    )
    if forecasts.past is not None and baseline_slope is not None:
        found = _with_baseline(found, number, forecasts.past, baseline_slope, reference)
    zero, others = float(data.scale.zero[series]), np.zeros(number.h)
    weight = 1 - found.weights.sum(axis=1)  # all weights add up to 1: this is that of zero
    level = number.of_level(forecasts.quantiles, forecasts.points)
    if level is not None:
        values = np.nan_to_num(data.actual[number.past], nan=reference)
        found.weights[:] += level.weights
        found.moves[:] += level.weights * (values - reference)
        others = level.others * (zero + level.typical - reference)
        weight -= level.weights.sum(axis=1) + level.others
    return found, weight * (zero - reference), others


def _reference(number: ExplainedNumber) -> float:
    """The mean of the observed values of the last patches, those that the recurrence reads."""
    data, layout = number.data, number.data.source.layout
    end = int(data.offsets[number.series]) + number.history
    steps = min(number.history, layout.context * layout.patch)
    for begin in (end - steps, end - number.history):
        values = data.scaled[begin:end]
        values = values[np.isfinite(values)]
        if len(values):
            return float(values.mean())
    return 0.0


def _with_baseline(
    found: Sensitivity,
    number: ExplainedNumber,
    past: BaselinePast,
    slope: FloatArray,
    reference: float,
) -> Sensitivity:
    """Add the part of the forecast that is the baseline's."""
    name = number.fitted.combination.baseline
    each = baseline_weights(past, name, number.season_length, number.h)
    weights = slope[:, None] * each if slope.ndim == 1 else slope @ each
    values = np.nan_to_num(past.values + past.zero[0, 0], nan=reference)
    read = slice(number.history - len(values), None)
    found.weights[:, read] += weights
    found.moves[:, read] += weights * (values - reference)
    return found


def _of_inputs(number: ExplainedNumber, found: Sensitivity) -> dict[str, FloatArray]:
    """The contribution [h] of each covariate that the network reads, by name."""
    profile, groups = number.fitted.profile, number.fitted.profile.groups
    names = {
        "covariates": [feature.covariate for feature in profile.known.features],
        "past_covariates": [feature.covariate for feature in profile.past.features],
        "calendar": [_CALENDAR] * len(profile.calendar_names),
    }
    total: dict[str, FloatArray] = {}
    for key, moves in found.inputs.items():
        for index, name in enumerate(names[key]):
            named = groups.get(name, name)
            total[named] = total.get(named, 0.0) + moves[:, index]
    return total
