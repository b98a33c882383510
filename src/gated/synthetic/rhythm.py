"""How a table ticks: its season, and the longer one around it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from gated.synthetic.draws import Draws

__all__ = ["Clock", "Rhythm"]

# A longer season of up to so many short ones is a week of days, and has days off; one of more is
# a year, and has feasts.
MOST_DAYS = 14


@dataclass(frozen=True)
class Rhythm:
    """What the frequency of a table would tell.

    Attributes:
        season: steps P in the short season; where there is none, steps read at once.
        long_season: steps in the longer season, a fraction where a year is one; 0 where none.
        seasonal: whether the short season is one.
        wandering: the share of series that know no season and hardly any noise: prices, indices,
            levels that only wander.
        calm: the share of series with hardly any noise: tides, temperatures, sums over many.
    """

    season: int
    long_season: float = 0.0
    seasonal: bool = True
    wandering: float = 0.08
    calm: float = 0.3

    @property
    def days(self) -> int:
        """Short seasons in a long one; 0 where there is none."""
        return round(self.long_season / self.season)

    @property
    def has_week(self) -> bool:
        """Whether the long season is a week of days."""
        return 0 < self.days <= MOST_DAYS

    @property
    def has_year(self) -> bool:
        """Whether the long season is a year of weeks (or of anything more than 14)."""
        return self.days > MOST_DAYS


class Clock:
    """The steps of a batch, which all begin at the same random point of the rhythm.

    Attributes:
        steps: [L] int64, counted from the start of a season and of a long one.
        time: [L] from 0 to 1.
    """

    def __init__(self, rhythm: Rhythm, length: int, draws: Draws) -> None:
        self.rhythm, self.length = rhythm, length
        cycle = max(int(rhythm.long_season), rhythm.season)
        first = int(draws.one() * cycle)
        self.first = first
        self.steps = torch.arange(first, first + length)
        self.time = torch.linspace(0, 1, length)

    @property
    def phase(self) -> Tensor:
        """[L] int64 steps since the season began."""
        return self.steps % self.rhythm.season

    @property
    def day(self) -> Tensor:
        """[L] int64 seasons since the long season began, where that is a week."""
        whole = torch.div(self.steps, self.rhythm.season, rounding_mode="floor")
        return whole % max(self.rhythm.days, 1)
