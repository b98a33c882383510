"""Chooses the requested columns of a forecast, and computes them from the quantiles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gated.arrays import BoolArray, FloatArray
from gated.errors import UsageError
from gated.forecast.config import MODEL_NAME
from gated.forecast.quantiles import at_level


def check_distinct(names: Iterable[str]) -> None:
    """Check that a column of a table has not the name of a column of its forecast.

    Args:
        names: of the columns that a result will have.

    Raises:
        UsageError: two have the same name.

    >>> check_distinct(["store", "ds", "gated"])
    """
    seen = set[str]()
    for name in names:
        if name in seen:
            raise UsageError(
                f"The column {name} of the table has the name of a column of the forecast. Rename "
                "it."
            )
        seen.add(name)


DEFAULT_LEVEL = 80.0
"""The interval level if neither levels nor quantiles are requested, in percent."""

Numbers = float | Sequence[float]

_LARGEST = np.finfo(np.float64).max


@dataclass(frozen=True)
class ForecastColumns:
    """The requested quantiles; the median is always one of them.

    Attributes:
        columns: maps a column name to its quantile level.
        levels: the levels of the intervals, in percent.
    """

    columns: dict[str, float]
    levels: tuple[float, ...] = ()

    @classmethod
    def of(
        cls, level: Numbers | None = None, quantiles: Numbers | None = None
    ) -> "ForecastColumns":
        """Choose columns.

        Args:
            level: central intervals in percent, such as 80 or [80, 95]; by default 80, unless
                quantiles are requested. An empty list gives the point forecast alone.
            quantiles: quantile levels, such as 0.9 or [0.1, 0.9]; by default none.

        Raises:
            UsageError: a level outside 0..100 or a quantile outside 0..1.

        >>> ForecastColumns.of(level=[80], quantiles=[0.5]).columns
        {'gated': 0.5, 'gated-lo-80': 0.1, 'gated-hi-80': 0.9, 'gated-q-50': 0.5}
        """
        columns = {MODEL_NAME: 0.5}
        shares = _listed("quantiles", quantiles)
        default = [] if shares else [DEFAULT_LEVEL]
        levels = default if level is None else _listed("level", level)
        for percent in levels:
            if not 0 < percent < 100:
                raise UsageError(
                    f"level has {percent!r}. Expected percentages between 0 and 100, such as 80 "
                    "for the interval of 80 % of the actual values."
                )
            if percent < 1:
                raise UsageError(
                    f"level has {percent!r}. Expected percentages. Did you mean {100 * percent:g}?"
                )
            tail = (100 - percent) / 200
            columns[f"{MODEL_NAME}-lo-{percent:g}"] = tail
            columns[f"{MODEL_NAME}-hi-{percent:g}"] = 1 - tail
        for quantile in shares:
            if not 0 < quantile < 1:
                raise UsageError(
                    f"quantiles has {quantile!r}. Expected numbers between 0 and 1, such as 0.9."
                )
            columns[f"{MODEL_NAME}-q-{100 * quantile:g}"] = quantile
        return cls(columns, tuple(levels))

    def read(self, quantiles: FloatArray) -> dict[str, FloatArray]:
        """Compute every column from the quantiles [N, h, Q]: name to [N, h]."""
        return {name: at_level(quantiles, level) for name, level in self.columns.items()}


def _listed(name: str, values: object) -> list[float]:
    """The requested numbers as a list; empty for None."""
    if values is None:
        return []
    several: Iterable[Any] = (
        values if isinstance(values, Iterable) and not isinstance(values, str) else [values]
    )
    try:
        return [float(value) for value in several]
    except (TypeError, ValueError):
        example = "80 or [80, 95]" if name == "level" else "0.9 or [0.1, 0.9]"
        raise UsageError(
            f"{name} is {values!r}. Expected a number or a list of numbers, such as {example}."
        ) from None


def constrain(
    values: FloatArray,
    *,
    non_negative: bool | BoolArray,
    integer: bool | BoolArray,
    closed: BoolArray,
) -> FloatArray:
    """Apply the constraints of the past to a forecast: sign, whole numbers, 0 at closed steps.

    Args:
        values: [n, h].
        non_negative, integer: of all series, or [n] of each.
        closed: [n, h] whether a step is closed.
    """
    constrained = np.clip(values, -_LARGEST, _LARGEST)
    is_limited, is_whole = (
        flag[:, None] if isinstance(flag, np.ndarray) else np.asarray(flag)
        for flag in (non_negative, integer)
    )
    constrained = np.where(is_limited, np.maximum(constrained, 0.0), constrained)
    constrained = np.where(is_whole, np.round(constrained), constrained)
    return np.where(closed, 0.0, constrained)
