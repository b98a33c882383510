"""Makes tables whose content is known: series at regular times, with missing values."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from gated.arrays import FloatArray

__all__ = ["FREQUENCIES", "Choose", "Truth", "choose_truth"]

T = TypeVar("T")
Choose = Callable[[Sequence[T]], T]
"""Chooses one of several options: `random.choice`, or a draw of hypothesis."""

FREQUENCIES = ("15min", "h", "D", "B", "W-MON", "MS", "ME", "QS", "YS")
STARTS = ("2019-12-20", "2021-01-01", "2023-02-24", "2024-05-13", "1998-11-01")
SATURDAY = 5
LENGTHS = (8, 13, 24, 40, 70)
LABELS = (
    ("A", "B", "C"),
    ("Zürich", "Genf", "Bern"),
    ("New York", "Los Angeles", "Boston"),
    ("101", "102", "205"),
    ("s-1", "s-2", "s-3"),
)
SECOND_LABELS = (("x", "y"), ("north", "south"))


@dataclass(frozen=True)
class Truth:
    """Series of the same times.

    Attributes:
        alias: pandas alias of the step.
        times: [T] the times.
        labels: for each series, its labels: none for a single series, else one or two.
        values: [N, T] the values, as they are written, NaN where missing.
        absent: [N, T] whether a row is left out; its value is missing.
        decimals: digits after the decimal sign.
    """

    alias: str
    times: pd.DatetimeIndex
    labels: tuple[tuple[str, ...], ...]
    values: FloatArray
    absent: np.ndarray  # type: ignore[type-arg]
    decimals: int

    @property
    def shows_step(self) -> bool:
        """Whether the rows show the step: days of which no weekend has a row are business days."""
        is_weekend = self.times.day_of_week.to_numpy() >= SATURDAY
        return self.alias != "D" or bool((is_weekend & ~self.absent.all(axis=0)).any())


def choose_truth(choose: Choose) -> Truth:  # type: ignore[type-arg]
    """Choose a truth; the first and the last value of a series are never missing."""
    alias = choose(FREQUENCIES)
    length = choose(LENGTHS)
    start = choose(STARTS)
    times = pd.date_range(start, periods=length, freq=alias)
    labels = _labels(choose)
    decimals, size = choose((0, 1, 2, 3)), choose((5, 90, 2500, 40000, 3000000))
    is_signed = choose((False, False, True))
    share_missing, share_absent = choose((0.0, 0.0, 0.1, 0.3)), choose((0.0, 0.0, 0.05))
    draw = random.Random(choose(range(1000)))
    values = np.empty((len(labels), length))
    absent = np.zeros((len(labels), length), dtype=bool)
    for row in range(len(labels)):
        for step in range(length):
            number = draw.uniform(-size if is_signed else 0, size)
            values[row, step] = float(f"{number:.{decimals}f}") + 0.0
            if 0 < step < length - 1:
                absent[row, step] = draw.random() < share_absent
                if absent[row, step] or draw.random() < share_missing:
                    values[row, step] = np.nan
    return Truth(alias, times, labels, values, absent, decimals)


def _labels(choose: Choose) -> tuple[tuple[str, ...], ...]:  # type: ignore[type-arg]
    n_ids = choose((0, 0, 1, 1, 2))
    if not n_ids:
        return ((),)
    first = choose(LABELS)[: choose((2, 3))]
    if n_ids == 1:
        return tuple((label,) for label in first)
    second = choose(SECOND_LABELS)
    return tuple((a, b) for a in first for b in second)
