"""Checks what is asked of live states, and defines the answer as arrays."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gated.arrays import FloatArray, IntArray, ObjectArray, TimeArray
from gated.errors import UsageError
from gated.forecast.config import check_whole
from gated.forecast.live.state.past import Past
from gated.text import did_you_mean, listed

__all__ = ["LiveForecast", "chosen_series", "horizon_of"]


@dataclass(frozen=True)
class LiveForecast:
    """A forecast as arrays.

    Attributes:
        ids: [M] labels of the series.
        ds: [M, h] times.
        columns: name to [M, h]: `gated`, `gated-mean` and the requested ones.
    """

    ids: ObjectArray
    ds: TimeArray
    columns: dict[str, FloatArray]


def horizon_of(h: int | None, most: int) -> int:
    """The steps ahead that are asked for; by default all.

    Raises:
        UsageError: `h` is out of range.
    """
    if h is None:
        return most
    check_whole("h", h, 1)
    if h > most:
        raise UsageError(
            f"h is {h:,}, but this state was made for forecasts of up to {most:,} steps. "
            f"Watch the table with h={h}."
        )
    return int(h)


def chosen_series(past: Past, series: Iterable[Any] | str | None) -> IntArray:
    """The indices of series, in their order.

    Args:
        past: of all series.
        series: the label of one series, or several; None: all.

    Raises:
        UsageError: there is no such series.
    """
    if series is None:
        return np.arange(len(past))
    several = [series] if isinstance(series, str) or not isinstance(series, Iterable) else series
    labels = list(several)
    found = np.array([past.index(label) for label in labels], dtype=np.int64)
    if (found < 0).any():
        label = labels[int(np.argmax(found < 0))]
        known = [str(one) for one in past.ids[:1000]]
        raise UsageError(
            f"There is no series {label!r}.{did_you_mean(str(label), known)} Expected one of "
            f"{listed(known, limit=5)}."
        )
    return np.unique(found)
