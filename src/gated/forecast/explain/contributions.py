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
        """The same, with 0 for all parts of closed steps."""
        is_open = ~self.closed
        return Contributions(
            number=np.where(is_open, self.number, 0.0),
            reference=self.reference,
            weights=self.weights * is_open[:, None],
            past=self.past * is_open[:, None],
            covariates={name: part * is_open for name, part in self.covariates.items()},
            factor=self.factor * is_open,
            others=self.others * is_open,
            rest=self.rest * is_open,
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
    data, fitted, series = number.data, number.fitted, number.series
    one, cutoff = np.array([series]), np.array([number.history])
    views = fitted.combination.views
    found_quantiles = averaged(views, fitted.network, data.source, one, cutoff, number.h)
    quantiles: FloatArray = found_quantiles.astype(np.float64)
    past, points = None, None
    if fitted.combination.share < 1:
        past = BaselinePast.of(data, one, cutoff, number.season_length)
        points = past.forecast(fitted.combination.baseline, number.season_length, number.h)
    alone = number.of(quantiles, points, effect=False)[0]
    whole = number.of(quantiles, points, effect=True)[0]
    slopes, baseline_slope = number.slopes(quantiles[0], None if points is None else points[0])
    reference = _reference(number)
    found = sensitivity(
        fitted.network, views, data.source, (series, number.history), slopes, reference
    )
    if past is not None and baseline_slope is not None:
        found = _with_baseline(found, number, past, baseline_slope, reference)
    zero, others = float(data.scale.zero[series]), np.zeros(number.h)
    weight = 1 - found.weights.sum(axis=1)  # all weights add up to 1: this is that of zero
    level = number.of_level(quantiles, points)
    if level is not None:
        values = np.nan_to_num(data.actual[number.past], nan=reference)
        found.weights[:] += level.weights
        found.moves[:] += level.weights * (values - reference)
        others = level.others * (zero + level.typical - reference)
        weight -= level.weights.sum(axis=1) + level.others
    factor = weight * (zero - reference)
    inputs = _input_names(number, found, groups)
    moved = found.moves.sum(axis=1) + factor + others + sum(inputs.values())
    rest = alone - reference - moved
    effects = _effects(number, table, future, whole - alone, groups)
    unit = float(data.scale.spread[series])
    covariates = {
        name: unit * (inputs.get(name, 0.0) + effects.get(name, np.zeros(number.h)))
        for name in dict.fromkeys([*inputs, *effects])
    }
    parts = Contributions(
        number=unit * whole + float(data.scale.center[series]),
        reference=unit * reference + float(data.scale.center[series]),
        weights=found.weights,
        past=unit * found.moves,
        covariates=covariates,
        factor=unit * factor,
        others=unit * others,
        rest=unit * rest,
        closed=data.closed[number.ahead],
    )
    return parts.of_open_steps


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
