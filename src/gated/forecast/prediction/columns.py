"""The columns of a forecast: which are requested, and their values read off the quantiles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gated.arrays import BoolArray, FloatArray
from gated.errors import UsageError
from gated.forecast.config import MODEL_NAME
from gated.forecast.quantiles import at_level

DEFAULT_LEVEL = 80.0
"""The interval given where neither levels nor quantiles are requested, in percent."""

Numbers = float | Sequence[float]

_LARGEST = np.finfo(np.float64).max


@dataclass(frozen=True)
class ForecastColumns:
    """The requested columns; the point forecast is the median.

    Attributes:
        columns: name to quantile level.
        levels: the intervals among them, in percent.
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
            quantiles: shares, such as 0.9 or [0.1, 0.9]; by default none.

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
                    f"level holds {percent!r}. Expected percentages between 0 and 100, such as "
                    "80 for the interval that should hold 80 % of the actual values."
                )
            if percent < 1:
                raise UsageError(
                    f"level holds {percent!r}, and levels are percentages. Did you mean "
                    f"{100 * percent:g}?"
                )
            tail = (100 - percent) / 200
            columns[f"{MODEL_NAME}-lo-{percent:g}"] = tail
            columns[f"{MODEL_NAME}-hi-{percent:g}"] = 1 - tail
        for quantile in shares:
            if not 0 < quantile < 1:
                raise UsageError(
                    f"quantiles holds {quantile!r}. Expected shares between 0 and 1, such as 0.9."
                )
            columns[f"{MODEL_NAME}-q-{100 * quantile:g}"] = quantile
        return cls(columns, tuple(levels))

    def read(self, quantiles: FloatArray) -> dict[str, FloatArray]:
        """Read every column off the network's quantiles [N, h, Q]: name to [N, h]."""
        return {name: at_level(quantiles, level) for name, level in self.columns.items()}


def _listed(name: str, values: object) -> list[float]:
    """The requested numbers, one or several; none for None."""
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


def respect(
    values: FloatArray, *, non_negative: bool, integer: bool, closed: BoolArray
) -> FloatArray:
    """Round and cut a forecast to what the past kept to: sign, whole numbers, closed steps at 0."""
    kept = np.clip(values, -_LARGEST, _LARGEST)
    if non_negative:
        kept = np.maximum(kept, 0.0)
    if integer:
        kept = np.round(kept)
    return np.where(closed, 0.0, kept)
