"""Defines a transcript: the symbols written for a sequence, with times and confidences."""

from dataclasses import dataclass
from typing import Any

from gated.tasks.transcriber.decoding.alignment import TimedSymbol

__all__ = ["Transcript"]


@dataclass(frozen=True)
class Transcript:
    """What was written for one sequence.

    Attributes:
        timed: the symbols with their times and confidences, in order.
    """

    timed: tuple[TimedSymbol, ...]

    @property
    def symbols(self) -> list[Any]:
        """The symbols, in order."""
        return [each.symbol for each in self.timed]

    @property
    def times(self) -> list[tuple[float, float]]:
        """Begin and end of each symbol: seconds for sound, steps otherwise."""
        return [(each.begin, each.end) for each in self.timed]

    @property
    def confidence(self) -> list[float]:
        """The largest probability of each symbol, 0 to 1."""
        return [each.confidence for each in self.timed]
