"""Divides what a regression adds to the forecast of a series among its covariates.

The network forecasts values without the effects of covariates; the effects of the steps ahead are
added to its forecast, on the axis of the regression. Here a forecast with the mean effect of the
series' past comes first, and the covariates get what differs from it.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.data.future_rows import FutureRows
from gated.forecast.data.regression.effect import Adjustment, from_axis, to_axis
from gated.forecast.explain.number import ExplainedNumber
from gated.table.time.grid import Grid

__all__ = ["Effects"]

# Effects whose sum is a smaller share of their sizes cancel.
_CANCELS = 1e-2
_SMALL = 1e-6


@dataclass(frozen=True)
class Effects:
    """The effects of the covariates of one series, on the axis of the regression.

    Attributes:
        number: the number that is explained.
        adjustment: the effect at all rows.
        mean: of the past of the series.
        ahead: name to [h], the effect of each covariate, as the distance from its mean in the past.
    """

    number: ExplainedNumber
    adjustment: Adjustment
    mean: float
    ahead: dict[str, FloatArray]

    @classmethod
    def of(cls, number: ExplainedNumber, rows: FutureRows | None, grid: Grid) -> "Effects | None":
        """Compute the effects; None without a regression.

        Args:
            number: the number that is explained.
            rows: the covariates of past and future; None without a regression.
            grid: the grid of the times.
        """
        profile, adjustment = number.fitted.profile, number.data.adjustment
        if rows is None or profile.regression is None or adjustment is None:
            return None
        groups = profile.groups
        part = slice(int(rows.offsets[number.series]), int(rows.offsets[number.series + 1]))
        columns = rows.regression_columns(profile.holidays, part)
        offsets = np.array([0, len(columns)])
        found = profile.regression.effects(columns, rows.ds[part], offsets, grid)
        ahead: dict[str, FloatArray] = {}
        for name, effect in found.items():
            distance = effect[-number.h :] - effect[: number.history].mean()
            common = groups.get(name, name)
            ahead[common] = ahead.get(common, 0.0) + distance
        mean = float(adjustment.effect[number.past].mean())
        return cls(number, adjustment, mean, ahead)

    def added(self, values: FloatArray, effect: FloatArray | float) -> FloatArray:
        """Values on the series-scaled axis with an effect, of the same shape."""
        series, scale = self.number.series, self.number.data.scale
        unit, spread = float(self.adjustment.unit[series]), float(scale.spread[series])
        given = (values * spread + float(scale.center[series])) / unit
        with_effect = from_axis(to_axis(given, self.adjustment.axis) + effect, self.adjustment.axis)
        found: FloatArray = (with_effect * unit - float(scale.center[series])) / spread
        return found

    def at_mean(self, values: FloatArray) -> FloatArray:
        """Values on the series-scaled axis with the mean effect of the past."""
        return self.added(values, self.mean)

    def slope_at_mean(self, values: FloatArray, reference: float) -> FloatArray:
        """[h] the factor of contributions to values [h] when the mean effect is added to both."""
        apart = values - reference
        small = np.abs(apart) < _SMALL
        apart = np.where(small, _SMALL, apart)
        risen = self.at_mean(reference + apart) - self.at_mean(np.full_like(values, reference))
        return risen / apart

    def slopes(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How forecasts [h] move with those of the network, and its values with the given ones.

        Returns:
            [h] the derivative of a forecast with its effect by the network's forecast, and [T] that
            of a past value without its effect by the value itself.
        """
        number, axis = self.number, self.adjustment.axis
        effect = self.adjustment.effect
        ahead = self.added(values + _SMALL, effect[number.ahead])
        ahead = (ahead - self.added(values, effect[number.ahead])) / _SMALL
        unit = float(self.adjustment.unit[number.series])
        given = np.nan_to_num(number.data.target[number.past] / unit)
        past = effect[number.past]
        moved = from_axis(to_axis(given + _SMALL, axis) - past, axis)
        removed = (moved - from_axis(to_axis(given, axis) - past, axis)) / _SMALL
        return ahead, removed

    def divided(self, moved: FloatArray) -> dict[str, FloatArray]:
        """Divide what all effects move, [h], among the covariates, by name.

        An effect on the logarithm multiplies the forecast, so that what it adds depends on the
        other effects. Each covariate gets the same part of the sum as of the effects on their axis.
        Where these cancel, none gets any, and the move stays unexplained.
        """
        total = np.sum(list(self.ahead.values()), axis=0)
        size = np.sum([np.abs(effect) for effect in self.ahead.values()], axis=0)
        certain = np.abs(total) > _CANCELS * size
        slope = np.divide(moved, total, out=np.zeros_like(moved), where=certain)
        return {name: slope * effect for name, effect in self.ahead.items()}
