"""Defines the options of a live state."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gated.errors import UsageError
from gated.forecast.config import is_number

__all__ = ["DEFAULT_UNLIKELY", "Options"]

DEFAULT_UNLIKELY = 0.001
"""The probability below which a value is an anomaly."""


@dataclass(frozen=True)
class Options:
    """The options of `Forecaster.watch`.

    Attributes:
        adaptive: whether the widths of intervals adapt.
        unlikely: the probability below which a value is an anomaly.
        new_series: whether rows of unknown series begin new ones.
    """

    adaptive: bool = True
    unlikely: float = DEFAULT_UNLIKELY
    new_series: bool = False

    def __post_init__(self) -> None:
        if not (is_number(self.unlikely) and 0 <= self.unlikely <= 1):
            raise UsageError(
                f"unlikely is {self.unlikely!r}. Expected a probability from 0 (no value is "
                "flagged) to 1, such as 0.001."
            )

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values for a file."""
        return {**asdict(self), "unlikely": float(self.unlikely)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Options":
        """Build it from the values of `to_json`."""
        return cls(bool(stored["adaptive"]), stored["unlikely"], bool(stored["new_series"]))
