"""Defines the explanation of one series: its drivers, with their contributions and shares."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray
from gated.forecast.explain.contributions import Contributions
from gated.forecast.explain.drivers import PastDrivers

__all__ = ["LEAST_SHARE", "SeriesExplanation", "explained"]

LEAST_SHARE = 0.005
"""Drivers with a smaller share are not named in sentences."""

_FACTOR = "growth in proportion to the level"
_OTHERS = "mean of the series with many zeros"
_LIMIT = "not below 0"
_REST = "not explained"


@dataclass(frozen=True)
class SeriesExplanation:
    """The explanation of one series.

    Attributes:
        label: of the series.
        ds: [h] the forecast times.
        past_ds: [T] the past times.
        parts: what the forecast consists of.
        drivers: [h] of each driver, by name, in the unit of the target; their sum is the
            difference between forecast and reference.
    """

    label: Any
    ds: NDArray[Any]
    past_ds: NDArray[Any]
    parts: Contributions
    drivers: dict[str, FloatArray]

    @property
    def open(self) -> BoolArray:
        """[h] whether each step is open: a closed one has no explanation."""
        is_open: BoolArray = ~self.parts.closed
        return is_open

    @cached_property
    def shares(self) -> dict[str, FloatArray]:
        """[h] the share of each driver in the sum of absolute contributions, by name."""
        size = np.sum([np.abs(part) for part in self.drivers.values()], axis=0)
        size = np.where(size > 0, size, 1.0)
        return {name: np.abs(part) / size for name, part in self.drivers.items()}

    @property
    def mean_shares(self) -> list[tuple[str, float]]:
        """(driver, mean share over the open steps), largest first; they add up to 1."""
        if not self.open.any():
            return []
        means = [(name, float(part[self.open].mean())) for name, part in self.shares.items()]
        total = sum(share for _, share in means)
        if not total:  # the forecast is the reference: nothing moved it
            return []
        return sorted(((name, share / total) for name, share in means), key=lambda one: -one[1])

    def largest(self, step: int, count: int) -> list[tuple[str, float]]:
        """(driver, contribution) of one step, largest first, without those of nearly nothing."""
        parts = sorted(self.drivers, key=lambda name: -abs(self.drivers[name][step]))
        return [
            (name, float(self.drivers[name][step]))
            for name in parts[:count]
            if self.shares[name][step] >= LEAST_SHARE
        ]


def explained(
    label: Any, ds: NDArray[Any], past_ds: NDArray[Any], parts: Contributions, past: PastDrivers
) -> SeriesExplanation:
    """Group the contributions of one series by driver."""
    drivers = {**past.totals(parts.past), **parts.covariates}
    others = {_FACTOR: parts.factor, _OTHERS: parts.others, _LIMIT: parts.limit, _REST: parts.rest}
    drivers |= {name: part for name, part in others.items() if np.any(part)}
    return SeriesExplanation(label, ds, past_ds, parts, drivers)
