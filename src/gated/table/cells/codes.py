"""Finds numbers that stand for a missing value, such as -999: far outside all other values.

A well-known code of which no other meaning is possible is masked; any other one is only reported.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gated.arrays import FloatArray

__all__ = ["Code", "find_codes"]

Likeness = Literal["certain", "reported"]
# Codes of weather services, sensors, satellites and statistical programs.
NEGATIVE = (-999.0, -9999.0, -99999.0, -999999.0, -999.9, -999.99, -9999.9, -9999.99, -6999.0,
            -7999.0, -8888.0, -99.9, -99.99, -32767.0, -32768.0, -2147483648.0)  # fmt: skip
POSITIVE = (9999.0, 99999.0, 999999.0, 9999999.0, 999.9, 9999.9, 9999.99, 99999.9, 32767.0,
            65535.0, 1e20, 1e30, 1e36, 9.969209968386869e36)  # fmt: skip
# Numbers that are often a code and often a value.
UNSURE = (-1.0, -9.0, -99.0, -100.0, -200.0, -888.0, -1000.0, 99.0, 99.9, 99.99, 999.0)
WELL_KNOWN = frozenset((*NEGATIVE, *POSITIVE))
KNOWN = np.array([*NEGATIVE, *POSITIVE])
ALL = frozenset((*NEGATIVE, *POSITIVE, *UNSURE))
FEWEST = 5  # other values, to know their range
FAR, APART = 3.0, 1.0  # distance to the other values, in ranges of these: masked, reported
REPEATED = 2  # a single large number may be a typing error or a rare value
LEAST_NEGATIVE = -99.0  # a repeated code below it is reported if no other value is negative


@dataclass(frozen=True)
class Code:
    """A number that probably stands for a missing value.

    Attributes:
        value: the number.
        count: how often it occurs.
        is_certain: whether it is a well-known code, far from all other values.
        low, high: the smallest and largest of the other values.
    """

    value: float
    count: int
    is_certain: bool
    low: float
    high: float


def find_codes(values: FloatArray) -> tuple[Code, ...]:
    """Find the codes for missing values among the numbers of a column; NaN is no number.

    >>> temperatures = np.array([9.7, 10.7, -999.0, 22.1, 8.2, 15.1, -999.0])
    >>> find_codes(temperatures)
    (Code(value=-999.0, count=2, is_certain=True, low=8.2, high=22.1),)
    >>> find_codes(np.array([5.0, -1.0, 3.0, 0.0, 2.0, 1.0, 4.0]))
    ()
    """
    found: list[Code] = []
    rest = values[np.isfinite(values)]
    while len(rest) > FEWEST:  # a code is the smallest or the largest of the values that are left
        ends = [end for end in (float(rest.min()), float(rest.max())) if end in ALL]
        codes = [code for end in ends if (code := _code(end, rest)) is not None]
        if not codes:
            break
        found += codes
        rest = rest[~np.isin(rest, [code.value for code in codes])]
    return tuple(found)


def _code(value: float, rest: FloatArray) -> Code | None:
    others = rest[rest != value]
    count = len(rest) - len(others)
    if len(others) < FEWEST:
        return None
    low, high = float(others.min()), float(others.max())
    if WELL_KNOWN.isdisjoint((low, high)) and not _likeness(value, count, low, high):
        return None  # without a search for other codes, which takes longer than a small column
    others = others[~np.isin(others, KNOWN)]
    if len(others) < FEWEST or count > len(others):
        return None
    low, high = float(others.min()), float(others.max())
    likeness = _likeness(value, count, low, high)
    return Code(value, count, likeness == "certain", low, high) if likeness else None


def _likeness(value: float, count: int, low: float, high: float) -> Likeness | None:
    """How likely a number is a code, from the smallest and largest of the other values."""
    if low <= value <= high:
        return None
    gap, span = max(low - value, value - high), high - low
    is_repeated = count >= REPEATED
    if gap > FAR * span and (value in NEGATIVE or (value in POSITIVE and is_repeated and span > 0)):
        return "certain"
    is_lone_negative = is_repeated and value <= LEAST_NEGATIVE and low >= 0
    is_apart = gap > APART * span and span > 0 and (is_repeated or value in WELL_KNOWN)
    return "reported" if is_lone_negative or is_apart else None
