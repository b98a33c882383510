"""Holds all that changes with new values: pasts, factors of widths, latest forecasts."""

from dataclasses import dataclass

import numpy as np

from gated.arrays import IntArray, ObjectArray, TimeArray
from gated.forecast.live.state.past import Past
from gated.forecast.live.surprise import LatestForecast
from gated.forecast.live.widths import AdaptiveWidths

__all__ = ["States"]


@dataclass(frozen=True)
class States:
    """The states of N series.

    Attributes:
        past: their newest values.
        widths: the factors of the widths of their intervals.
        latest: their latest forecasts.
    """

    past: Past
    widths: AdaptiveWidths
    latest: LatestForecast

    @classmethod
    def of(cls, past: Past, h: int) -> "States":
        """The states of pasts without forecasts, for up to `h` steps ahead."""
        return cls(past, AdaptiveWidths(len(past), h), LatestForecast(len(past), h))

    @property
    def h(self) -> int:
        """Steps ahead, at most."""
        return self.widths.h

    @property
    def n_bytes(self) -> int:
        """Bytes of the arrays."""
        parts = (self.past, self.past.facts, self.widths, self.latest)
        every = [value for part in parts for value in vars(part).values()]
        return sum(value.nbytes for value in every if isinstance(value, np.ndarray))

    def part(self, series: IntArray) -> "States":
        """A copy of some of the series."""
        return States(self.past.part(series), self.widths.part(series), self.latest.part(series))

    def joined(self, more: "States") -> "States":
        """A copy with the series of other states of the same rules."""
        return States(
            self.past.joined(more.past),
            self.widths.joined(more.widths),
            self.latest.joined(more.latest),
        )

    def replaced(self, more: "States") -> "States":
        """A copy where series of the same label are replaced by those of `more`; others follow."""
        count, own = len(self.past), [more.past.index(label) for label in self.past.ids]
        kept = [place if new < 0 else count + new for place, new in enumerate(own)]
        added = sorted(set(range(len(more.past))) - set(own))
        order = np.array([*kept, *(count + place for place in added)], dtype=np.int64)
        return self.joined(more).part(order)

    def with_new(self, ids: ObjectArray, last: TimeArray) -> "States":
        """A copy with further series [K] without values.

        Args:
            ids: their labels.
            last: the time one step before their first value.
        """
        return self.joined(States.of(Past(self.past.rows, ids, last), self.h))
