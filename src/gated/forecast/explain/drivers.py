"""Groups the contributions of past values by what they are to the forecast step.

Each past value belongs to one driver: the same weekday in the last four weeks, the same time last
year, the last day, …
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.table.time.calendar import HOUR, Frequency
from gated.table.time.grid import DAY, Ticks

__all__ = ["PastDrivers"]

_SEASONS_APART = 4  # so many newest seasons are a driver of their own
# The noun of one season and of its phase, by the noun of a step and the steps in a season.
_SEASONS = {
    ("day", 7): ("week", "weekday"),
    ("business day", 5): ("week", "weekday"),
    ("hour", 24): ("day", "hour"),
    ("half-hour", 48): ("day", "time of day"),
    ("quarter-hour", 96): ("day", "time of day"),
    ("week", 52): ("year", "week"),
    ("month", 12): ("year", "month"),
    ("quarter", 4): ("year", "quarter"),
}
# The same by the length of a season, for steps shorter than an hour.
_SPANS = {HOUR: ("hour", "minute"), DAY: ("day", "time of day")}
_DAYS_AROUND = 3  # of the same date a year ago, so that it contains the same weekday


@dataclass(frozen=True)
class PastDrivers:
    """The drivers of the past of a table.

    Attributes:
        noun: of one step: "day".
        season: steps in the main cycle; 1 if there is none.
        season_noun: of one season: "week".
        phase_noun: of a step in its season: "weekday".
        long_season: steps in the longer cycle, not whole for a year; 0 if there is none.
    """

    noun: str
    season: int
    season_noun: str
    phase_noun: str
    long_season: float

    @classmethod
    def of(cls, frequency: Frequency, long_season: float) -> "PastDrivers":
        """The drivers for a frequency; `long_season` is that of the network's layout."""
        season, noun = frequency.season_length, frequency.noun
        names = _SEASONS.get((noun, season), ("season", "step"))
        grid = frequency.grid
        if isinstance(grid, Ticks) and grid.size < HOUR:
            names = _SPANS.get(grid.size * season, names)
        return cls(noun, season, *names, long_season if long_season > season else 0.0)

    @property
    def long_noun(self) -> str:
        """The noun of one long season: "year"."""
        if self.season_noun == "week" or self.noun == "week":
            return "year"
        return {"day": "week", "hour": "day"}.get(self.season_noun, "long season")

    @property
    def names(self) -> tuple[str, ...]:
        """What each driver is.

        >>> PastDrivers.of(Frequency.of("D"), 365.25).names[:3]
        ('same weekday, last 4 weeks', 'same weekday, earlier weeks', 'same time last year')
        """
        season, phase, noun = self.season_noun, self.phase_noun, self.noun
        same = f"same {'hour' if noun == 'hour' else 'time'}"
        last = f"the last {season}, other {noun}s" if self.season > 1 else f"the last 4 {noun}s"
        return (
            f"same {phase}, last {_SEASONS_APART} {season}s",
            f"same {phase}, earlier {season}s",
            f"{same} last {self.long_noun}",
            f"{same} in earlier {self.long_noun}s",
            f"the last {noun}",
            last,
            f"other {noun}s before",
        )

    def places(self, h: int, past: int) -> IntArray:
        """[h, T] the driver of each past step for each forecast step, as an index of `names`."""
        age = np.arange(past, 0, -1)[None, :]
        distance = age + np.arange(h)[:, None]
        last_season = self.season if self.season > 1 else _SEASONS_APART
        found = np.where(age == 1, 4, np.where(age <= last_season, 5, 6)) + 0 * distance
        if self.season > 1:
            seasons = distance // self.season
            newest = -(-np.arange(1, h + 1) // self.season)[:, None]
            same_phase = distance % self.season == 0
            found[same_phase & (seasons - newest < _SEASONS_APART)] = 0
            found[same_phase & (seasons - newest >= _SEASONS_APART)] = 1
        if self.long_season:
            cycles = np.maximum(np.round(distance / self.long_season), 1)
            is_days = self.season_noun == "week"
            around = _DAYS_AROUND if is_days else float(self.long_season != round(self.long_season))
            near = np.abs(distance - cycles * self.long_season) <= max(around, 0.5)
            found[near & (cycles == 1)] = 2
            found[near & (cycles > 1)] = 3
        return np.asarray(found, dtype=np.int64)

    def totals(self, parts: FloatArray) -> dict[str, FloatArray]:
        """The sum [h] of contributions [h, T] of each driver, by name."""
        h, past = parts.shape
        names, places = self.names, self.places(h, past)
        return {
            name: np.where(places == index, parts, 0.0).sum(axis=1)
            for index, name in enumerate(names)
            if (places == index).any()
        }
