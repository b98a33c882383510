"""From quantiles to the columns a user reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray
from gated.errors import UsageError
from gated.forecast.quantiles import at_level

NAME = "gated"

_LARGEST = np.finfo(np.float64).max


@dataclass(frozen=True)
class ForecastColumns:
    """The columns asked for: name to quantile level; the point forecast is the median.

    Attributes:
        columns: name to quantile level.
        levels: the intervals among them, in percent.
    """

    columns: dict[str, float]
    levels: tuple[float, ...] = ()

    @classmethod
    def of(
        cls, level: Sequence[float] | None = None, quantiles: Sequence[float] | None = None
    ) -> "ForecastColumns":
        """Levels are in percent (80), quantiles in shares (0.1).

        Raises:
            UsageError: a level outside 0..100 or a quantile outside 0..1.

        >>> ForecastColumns.of(level=[80], quantiles=[0.5]).columns
        {'gated': 0.5, 'gated-lo-80': 0.1, 'gated-hi-80': 0.9, 'gated-q-50': 0.5}
        """
        columns = {NAME: 0.5}
        for percent in _listed("level", level):
            if not 0 < percent < 100:
                raise UsageError(
                    f"level holds {percent!r}. Expected percentages between 0 and 100, such as "
                    "80 for the interval that should hold 80 % of what comes."
                )
            if percent < 1:
                raise UsageError(
                    f"level holds {percent!r}, and levels are percentages. Did you mean "
                    f"{100 * percent:g}?"
                )
            tail = (100 - percent) / 200
            columns[f"{NAME}-lo-{percent:g}"] = tail
            columns[f"{NAME}-hi-{percent:g}"] = 1 - tail
        for quantile in _listed("quantiles", quantiles):
            if not 0 < quantile < 1:
                raise UsageError(
                    f"quantiles holds {quantile!r}. Expected shares between 0 and 1, such as 0.9."
                )
            columns[f"{NAME}-q-{100 * quantile:g}"] = quantile
        return cls(columns, tuple(_listed("level", level)))

    def read(self, quantiles: FloatArray) -> dict[str, FloatArray]:
        """Read every column off the network's quantiles [N, h, Q]: name to [N, h]."""
        return {name: at_level(quantiles, level) for name, level in self.columns.items()}


def _listed(name: str, values: object) -> list[float]:
    """The numbers asked for; none for None."""
    if values is None:
        return []
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise UsageError(f"{name} is {values!r}. Expected a list of numbers, such as {name}=[…].")
    return [float(value) for value in values]


def respect(
    values: FloatArray, *, non_negative: bool, integer: bool, closed: BoolArray
) -> FloatArray:
    """Keep what the data kept to: sign, whole numbers, closed steps [N, h] at 0."""
    kept = np.clip(values, -_LARGEST, _LARGEST)
    if non_negative:
        kept = np.maximum(kept, 0.0)
    if integer:
        kept = np.round(kept)
    return np.where(closed, 0.0, kept)
