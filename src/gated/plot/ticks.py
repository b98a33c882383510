"""Places ticks on a value axis: round values and their labels."""

import math
from collections.abc import Iterable

import numpy as np

from gated.arrays import FloatArray

__all__ = ["format_ticks", "nice_ticks", "value_ticks"]


_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"), (1.0, ""))
# Each step, and the largest value that is rounded to this step.
_NICE = ((1, 1.5), (2, 3.5), (5, 7.5), (10, math.inf))
_LARGEST = float(np.finfo(np.float64).max)


def nice_ticks(low: float, high: float, count: int = 5) -> FloatArray:
    """Return about `count` round values, from at or below `low` to at or above `high`.

    Steps are 1, 2 or 5 times a power of ten (Heckbert 1990, "Nice numbers for graph labels",
    Graphics Gems). Where `low` equals `high`, the ticks lie around it.

    Args:
        low: the smallest value to show, finite.
        high: the largest, finite, not below `low`.
        count: about how many ticks, at least 2.

    Returns:
        `[K]` float64, rising, at least two.

    >>> nice_ticks(3.0, 97.0).tolist()
    [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    """
    largest = max(abs(low), abs(high))
    if largest < 1e-290:  # zero, or too small for the arithmetic below
        return np.array([0.0, 1.0])
    # Count in units of a power of ten near the values, so that no difference can overflow.
    unit = 10.0 ** math.floor(math.log10(largest))
    low, high = low / unit, high / unit
    if high - low < 1e-9 * (largest / unit):
        low, high = low - 0.1 * abs(low), high + 0.1 * abs(high)
    rough = (high - low) / max(count - 1, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(nice for nice, up_to in _NICE if rough / power <= up_to)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    scaled = np.round(np.arange(first, last + 1) * step, 12)
    with np.errstate(over="ignore"):
        return np.clip(scaled * unit, -_LARGEST, _LARGEST)


def value_ticks(arrays: Iterable[FloatArray], count: int = 5) -> FloatArray:
    """Return ticks that cover every finite value, and zero if it is near.

    An axis of positive values starts at zero if the smallest is below 40 % of the largest; for
    other values, an axis from zero would leave the curve flat.

    >>> value_ticks([np.array([30.0, np.nan]), np.array([97.0])]).tolist()
    [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    """
    values = np.concatenate([np.ravel(array) for array in arrays])
    values = values[np.isfinite(values)]
    if not values.size:
        return np.array([0.0, 1.0])
    low, high = float(values.min()), float(values.max())
    if 0 < low < 0.4 * high:
        low = 0.0
    if 0.4 * low < high < 0:
        high = 0.0
    return nice_ticks(low, high, count)


def format_ticks(ticks: FloatArray) -> list[str]:
    """Write tick values in one unit, with the decimals that their step needs.

    Units are k (thousand, from 10k on), M (million), B (billion) and T (trillion); for very large
    and very small values a power of ten.

    Args:
        ticks: `[K]` float64, evenly spaced, at least two.

    >>> format_ticks(np.array([0.0, 5000.0, 10000.0]))
    ['0', '5k', '10k']
    >>> format_ticks(np.array([-0.5, 0.0, 0.5]))
    ['-0.5', '0', '0.5']
    >>> format_ticks(np.array([0.0, 5e299, 1e300]))
    ['0', '0.5e300', '1.0e300']
    """
    largest, step = float(np.abs(ticks).max()), float(np.diff(ticks / 2).min() * 2)
    if 1e-4 <= largest < 1e15:
        fitting = [
            (unit, suffix)
            for unit, suffix in _UNITS
            if largest >= (1e4 if unit == 1e3 else unit) and _decimals(step / unit) <= 2
        ]
        unit, suffix = fitting[0] if fitting else (1.0, "")
    else:
        exponent = math.floor(math.log10(largest))
        unit, suffix = 10.0**exponent, f"e{exponent}"
    places = _decimals(step / unit)
    return [f"{tick / unit:.{places}f}{suffix}" if tick else "0" for tick in ticks]


def _decimals(step: float) -> int:
    """Return the decimals that a step of 1, 2 or 5 times a power of ten needs."""
    return max(0, -math.floor(math.log10(step * 1.001)))
