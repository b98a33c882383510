"""Divides the forecast of a series into contributions of its past values and covariates.

    forecast = reference + Σ contributions of past values + contributions of covariates + rest

The reference is the mean of the past that the network reads. All parts are in the unit of the
target and add up; see `model.sensitivity` for why.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray
from gated.forecast.data.future_rows import FutureRows
from gated.forecast.explain.baseline_sensitivity import baseline_weights
from gated.forecast.explain.number import ExplainedNumber
from gated.forecast.model.sensitivity import Sensitivity, sensitivity
from gated.forecast.model.views import averaged
from gated.forecast.validation.baseline_points import BaselinePast
from gated.table import Table

__all__ = ["CALENDAR", "Contributions", "contributions"]

CALENDAR = "the calendar"
"""The name of the contribution of the network's calendar features, which only training adds."""

# Effects whose sum is a smaller share of their sizes cancel.
_CANCELS = 1e-3


@dataclass(frozen=True)
class Contributions:
    """What the forecast of one series consists of, in the unit of the target.

    Attributes:
        number: [h] the forecast, before it is rounded.
        reference: the mean of the past that is read, without the effect of covariates.
        weights: [h, T] by how much each forecast step moves if a past value is larger by 1.
        past: [h, T] the contribution of each past value.
        covariates: name to [h], that of each covariate.
        factor: [h] that of growth as a factor: a series that grows by a factor is farther from 0.
        others: [h] that of the mean of all intermittent series, for a series with many zeros.
        rest: [h] what is left: rounding errors, and the error of the quadrature for a network that
            reads covariates.
        closed: [h] whether a step is closed: its forecast is 0, whatever the past.
    """

    number: FloatArray
    reference: float
    weights: FloatArray
    past: FloatArray
    covariates: dict[str, FloatArray]
    factor: FloatArray
    others: FloatArray
    rest: FloatArray
    closed: BoolArray

    @property
    def of_open_steps(self) -> "Contributions":
        """The same, with 0 for all parts of closed steps.

        Where a derivative is no number, which takes values near the largest floats, the whole
        difference to the reference is not explained.
        """
        parts = [self.weights, self.past, self.factor, self.others, self.rest]
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
            rest=np.where(is_open & ~known, self.number - self.reference, of_known(self.rest)),
            closed=self.closed,
        )


def contributions(
    number: ExplainedNumber, table: Table, future: FloatArray, groups: dict[str, str]
) -> Contributions:
    """Explain the forecast of one series.

    Args:
        number: the number to explain.
        table: the past.
        future: [N, h, F] known covariates of the steps ahead.
        groups: maps covariates to a common name, such as that of all holidays.
    """
    data, series = number.data, number.series
    forecasts = _Forecasts.of(number)
    alone, whole = forecasts.numbers(effect=False), forecasts.numbers(effect=True)
    reference, unit = _reference(number), float(data.scale.spread[series])
    found, factor, others = _without_effects(number, forecasts, reference)
    inputs = _input_names(number, found, groups)
    moved = found.moves.sum(axis=1) + factor + others + sum(inputs.values())
    effects = _effects(number, table, future, whole - alone, groups)
    nothing = np.zeros(number.h)
    parts = Contributions(
        number=unit * whole + float(data.scale.center[series]),
        reference=unit * reference + float(data.scale.center[series]),
        weights=found.weights,
        past=unit * found.moves,
        covariates={
            name: unit * (inputs.get(name, nothing) + effects.get(name, nothing))
            for name in dict.fromkeys([*inputs, *effects])
        },
        factor=unit * factor,
        others=unit * others,
        rest=unit * (alone - reference - moved),
        closed=data.closed[number.ahead],
    )
    return parts.of_open_steps


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
    weights = slope @ baseline_weights(past, name, number.season_length, number.h)
    values = np.nan_to_num(past.values + past.zero[0, 0], nan=reference)
    read = slice(number.history - len(values), None)
    found.weights[:, read] += weights
    found.moves[:, read] += weights * (values - reference)
    return found


def _input_names(
    number: ExplainedNumber, found: Sensitivity, groups: dict[str, str]
) -> dict[str, FloatArray]:
    """The contribution [h] of each covariate that the network reads, by name."""
    profile = number.fitted.profile
    names = {
        "covariates": [feature.covariate for feature in profile.known.features],
        "past_covariates": [feature.covariate for feature in profile.past.features],
        "calendar": [CALENDAR] * len(profile.calendar_names),
    }
    total: dict[str, FloatArray] = {}
    for key, moves in found.inputs.items():
        for index, name in enumerate(names[key]):
            named = groups.get(name, name)
            total[named] = total.get(named, 0.0) + moves[:, index]
    return total


def _effects(
    number: ExplainedNumber,
    table: Table,
    future: FloatArray,
    moved: FloatArray,
    groups: dict[str, str],
) -> dict[str, FloatArray]:
    """Divide what the regression on the covariates adds, [h], among them, by name.

    An effect on the logarithm multiplies the forecast, so that what it adds depends on the other
    effects. Each covariate gets the same part of the sum as of the effects on their axis; these are
    distances from their means in the past of the series.
    """
    profile, adjustment = number.fitted.profile, number.data.adjustment
    if profile.regression is None or adjustment is None:
        return {}
    rows = FutureRows.of(table, future)
    part = slice(int(rows.offsets[number.series]), int(rows.offsets[number.series + 1]))
    columns = rows.regression_columns(profile.holidays)[part]
    offsets = np.array([0, len(columns)])
    found = profile.regression.effects(columns, rows.ds[part], offsets, table.frequency.grid)
    past = slice(0, number.history)
    ahead = {name: effect[-number.h :] - effect[past].mean() for name, effect in found.items()}
    total = np.sum(list(ahead.values()), axis=0)
    # The slope of the forecast along the effects; where they cancel, that of the same size alone.
    size = np.sum([np.abs(effect) for effect in ahead.values()], axis=0)
    certain = np.abs(total) > _CANCELS * size
    slope = np.divide(moved, total, out=np.zeros_like(moved), where=certain)
    named: dict[str, FloatArray] = {}
    for name, effect in ahead.items():
        common = groups.get(name, name)
        named[common] = named.get(common, 0.0) + slope * effect
    return named
