"""Defines the regression of a target on its covariates, and its removal from past values.

The network forecasts the values without the effect of the covariates; the effect of their future
values is then added to all quantiles. The effect is a sum on one of three axes: the values, their
square roots or their logarithms, on which an effect multiplies the values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.data.covariate_encoder import CovariateEncoder
from gated.forecast.data.regression.terms import Term, phase_waves, season_steps, term_columns
from gated.forecast.data.series.scaler import SeriesScaler
from gated.forecast.data.time_features.holidays import HolidayCalendar, with_holidays
from gated.table.time.grid import Grid

__all__ = [
    "AXES",
    "Adjustment",
    "Axis",
    "CovariateRegression",
    "adjustment",
    "from_axis",
    "is_flag",
    "raw_effect",
    "regression_columns",
    "series_units",
    "standardised",
    "to_axis",
]

Axis = Literal["value", "root", "log"]
AXES: tuple[Axis, ...] = ("value", "root", "log")
"""The axes on which an effect is a sum; the last two are for targets that are never negative."""

_MARGIN = 0.05  # features may exceed the range of the past by this share of it
_LOG_SHIFT = 0.1  # added before the logarithm, in units of the mean of the series


@dataclass(frozen=True)
class CovariateRegression:
    """The effect of covariates on the target.

    Attributes:
        encoder: the features; their means and spreads standardise them.
        low, high: [E] the range of each feature in the past. Values that are farther outside than
            a twentieth of it are clipped, so that no value can give an absurd forecast.
        terms: the regressors.
        weights: [S][K] of each column and wave, in units of the series.
        offset: the mean effect in the past, which is subtracted.
        bounds: the smallest and the largest effect in the past, to which effects are clipped.
        axis: the axis on which effects are sums.
        season_length: steps in the main cycle.
        origin: the time, as an integer, from which the phase is counted.
        share: the cross-validated share of the squared deviations that the covariates explain.
        errors: the errors on the held-out windows with and without the covariates, relative to
            seasonal naive; empty without held-out windows.
    """

    encoder: CovariateEncoder
    low: tuple[float, ...]
    high: tuple[float, ...]
    terms: tuple[Term, ...]
    weights: tuple[tuple[float, ...], ...]
    offset: float
    bounds: tuple[float, float]
    axis: Axis
    season_length: int
    origin: int
    share: float
    errors: tuple[float, ...] = ()

    @property
    def covariates(self) -> tuple[str, ...]:
        """The covariates in use, each once."""
        return tuple(dict.fromkeys(feature.covariate for feature in self.encoder.features))

    def effect(
        self, covariates: FloatArray, ds: NDArray[np.generic], offsets: IntArray, grid: Grid
    ) -> FloatArray:
        """[R] the effect at times [R], from `regression_columns` [R, F] of series [N+1].

        A missing covariate has the effect of its mean.
        """
        features = standardised(self.encoder, self.low, self.high, covariates)
        steps = season_steps(ds, grid, self.origin)
        total = raw_effect(
            self.terms, np.array(self.weights), features, offsets, steps, self.season_length
        )
        clipped: FloatArray = np.clip(total - self.offset, *self.bounds)
        return clipped

    def effects(
        self, covariates: FloatArray, ds: NDArray[np.generic], offsets: IntArray, grid: Grid
    ) -> dict[str, FloatArray]:
        """The effect [R] of each covariate by name, without `offset` and before `bounds`.

        Their sum is the whole effect. That of a product of two covariates is divided equally, which
        is its Shapley value (both are 0 at their means).

        Args:
            covariates, ds, offsets, grid: as in `effect`.
        """
        features = standardised(self.encoder, self.low, self.high, covariates)
        waves = phase_waves(
            season_steps(ds, grid, self.origin), self.season_length, (len(self.weights[0]) - 1) // 2
        )
        weighted = term_columns(self.terms, features, offsets) * (waves @ np.array(self.weights).T)
        found = {name: np.zeros(len(ds)) for name in self.covariates}
        at = 0
        for term in self.terms:
            total = weighted[:, at : at + term.width].sum(axis=1)
            for feature in term.features:
                name = self.encoder.features[feature].covariate
                found[name] += total / len(term.features)
            at += term.width
        return found

    def outside(self, covariates: FloatArray) -> dict[str, int]:
        """Number of values [..., F] outside of the range of the past, by covariate."""
        inputs = self.encoder.inputs(covariates)
        found: dict[str, int] = {}
        low, high = _limits(self.low, self.high)
        with np.errstate(invalid="ignore"):
            beyond = (inputs < low) | (inputs > high)
        for index, feature in enumerate(self.encoder.features):
            if count := int(beyond[..., index].sum()):
                found[feature.covariate] = found.get(feature.covariate, 0) + count
        return found

    def check(self) -> None:
        """Check that the parts fit together, for a regression from a file.

        Raises:
            ValueError: they do not.
        """
        features = len(self.encoder.features)
        if not self.terms:
            raise ValueError("the regression has no terms")
        named = [feature for term in self.terms for feature in term.features]
        if len(self.low) != features or len(self.high) != features or max(named) >= features:
            raise ValueError("the regression has other features than its ranges and terms")
        if any(len(term.features) not in (1, 2) for term in self.terms):
            raise ValueError("a term of the regression has neither one nor two features")
        waves = 1 + 2 * max(term.waves for term in self.terms)
        lengths = {len(row) for row in self.weights}
        if len(self.weights) != sum(term.width for term in self.terms) or lengths != {waves}:
            raise ValueError("the weights of the regression do not fit its terms")
        if (
            len(self.bounds) != 2
            or self.bounds[0] > self.bounds[1]
            or len(self.errors) not in (0, 2)
        ):
            raise ValueError("the regression has no valid bounds or errors")

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "CovariateRegression":
        """Build the regression from plain values (`dataclasses.asdict`)."""
        plain = dict(stored)
        plain["encoder"] = CovariateEncoder.from_json(plain["encoder"])
        plain["terms"] = tuple(
            Term(**{**t, "features": tuple(t["features"]), "knots": tuple(t["knots"])})
            for t in plain["terms"]
        )
        plain["weights"] = tuple(tuple(row) for row in plain["weights"])
        for name in ("low", "high", "bounds", "errors"):
            plain[name] = tuple(plain[name])
        return cls(**plain)


def regression_columns(
    covariates: FloatArray,
    ds: NDArray[np.generic],
    holidays: HolidayCalendar | None,
    past_covariates: FloatArray,
) -> FloatArray:
    """[R, F + H + G] known covariates [R, F], those of holidays, and past covariates [R, G].

    Past covariates are NaN in the future: their terms have a delay of the horizon.
    """
    return np.concatenate([with_holidays(covariates, ds, holidays), past_covariates], axis=1)


def standardised(
    encoder: CovariateEncoder,
    low: tuple[float, ...],
    high: tuple[float, ...],
    covariates: FloatArray,
) -> FloatArray:
    """[R, E] the features of covariates [R, F], clipped to a range and standardised; 0: missing."""
    clipped = np.clip(encoder.inputs(covariates), *_limits(low, high))
    mean = np.array([feature.mean for feature in encoder.features])
    spread = np.array([feature.spread for feature in encoder.features])
    scaled: FloatArray = np.nan_to_num((clipped - mean) / spread, nan=0.0)
    return scaled


def _limits(low: tuple[float, ...], high: tuple[float, ...]) -> tuple[FloatArray, FloatArray]:
    """The range of each feature [E], with a margin."""
    margin = _MARGIN * np.array(high) - _MARGIN * np.array(low)  # the range itself may be infinite
    return np.array(low) - margin, np.array(high) + margin


def raw_effect(
    terms: tuple[Term, ...],
    weights: FloatArray,
    features: FloatArray,
    offsets: IntArray,
    steps: IntArray,
    season_length: int,
) -> FloatArray:
    """[R] the weighted sum of the columns of terms; weights [S, K] of each column and wave."""
    waves = phase_waves(steps, season_length, (weights.shape[1] - 1) // 2)
    total: FloatArray = np.einsum(
        "rs,rs->r", term_columns(terms, features, offsets), waves @ weights.T
    )
    return total


def series_units(
    values: FloatArray, offsets: IntArray, axis: Axis, spread: FloatArray
) -> FloatArray:
    """[N] the unit of each series, so that one effect fits series of all sizes.

    Args:
        values: [R] the target where it may be used, NaN elsewhere.
        offsets: [N+1].
        axis: the axis of the effect.
        spread: [N] the spread of each series.
    """
    if axis == "value":
        return spread
    observed = np.isfinite(values)
    largest = np.maximum.reduceat(np.where(observed, np.abs(values), 0.0), offsets[:-1])
    largest = np.where(largest > 0, largest, 1.0)
    relative = np.where(observed, values, 0.0) / np.repeat(largest, np.diff(offsets))
    count = np.maximum(np.add.reduceat(observed.astype(np.float64), offsets[:-1]), 1.0)
    mean = np.add.reduceat(relative, offsets[:-1]) / count
    unit: FloatArray = np.where(mean > 0, mean, 1.0) * largest
    return unit


def to_axis(values: FloatArray, axis: Axis) -> FloatArray:
    """Values in units of their series, on an axis; increasing for all numbers.

    >>> to_axis(np.array([4.0, -4.0]), "root").tolist()
    [2.0, -2.0]
    """
    if axis == "value":
        return values
    if axis == "root":
        return np.asarray(np.sign(values) * np.sqrt(np.abs(values)))
    below = values / _LOG_SHIFT + np.log(_LOG_SHIFT)  # a line below 0, with the same slope there
    return np.where(values >= 0, np.log(np.maximum(values, 0.0) + _LOG_SHIFT), below)


def from_axis(values: FloatArray, axis: Axis) -> FloatArray:
    """Undo `to_axis`."""
    if axis == "value":
        return values
    if axis == "root":
        return np.asarray(np.sign(values) * values**2)
    start = np.log(_LOG_SHIFT)
    with np.errstate(over="ignore"):
        above = np.exp(values) - _LOG_SHIFT
    return np.where(values >= start, above, (values - start) * _LOG_SHIFT)


@dataclass(frozen=True)
class Adjustment:
    """The effect of covariates at the rows of a dataset.

    Attributes:
        effect: [R] on the axis.
        unit: [N] of each series.
        axis: the axis on which effects are sums.
    """

    effect: FloatArray
    unit: FloatArray
    axis: Axis

    def removed(self, values: FloatArray, offsets: IntArray) -> FloatArray:
        """Values [R] without the effect."""
        unit = np.repeat(self.unit, np.diff(offsets))
        return from_axis(to_axis(values / unit, self.axis) - self.effect, self.axis) * unit

    def added(self, values: FloatArray, series: IntArray, rows: IntArray) -> FloatArray:
        """Forecasts [M, h] or [M, h, Q] of series [M] with the effect at rows [M, h]."""
        trailing = (1,) * (values.ndim - 2)
        unit = self.unit[series].reshape(-1, 1, *trailing)
        effect = self.effect[rows].reshape(*rows.shape, *trailing)
        return from_axis(to_axis(values / unit, self.axis) + effect, self.axis) * unit


def adjustment(
    regression: CovariateRegression,
    covariates: FloatArray,
    ds: NDArray[np.generic],
    target: FloatArray,
    shown: BoolArray,
    offsets: IntArray,
    grid: Grid,
) -> Adjustment:
    """The effect at all rows of a dataset, and the units of its series.

    Args:
        regression: the effect of the covariates.
        covariates: [R, F] the `regression_columns`.
        ds: [R] times.
        target: [R] NaN where unobserved or closed.
        shown: [R] the rows where units are measured.
        offsets: [N+1].
        grid: the grid of the times.
    """
    training = np.where(shown, target, np.nan)
    spread = SeriesScaler.fit(training, offsets).spread
    unit = series_units(training, offsets, regression.axis, spread)
    effect = regression.effect(covariates, ds, offsets, grid)
    return Adjustment(effect, unit, regression.axis)


def is_flag(column: FloatArray) -> bool:
    """Whether a column [R] has at most two values, missing ones not counted."""
    known: BoolArray = np.isfinite(column)
    values = column[known]
    return not len(values) or bool(np.isin(values, (values.min(), values.max())).all())
