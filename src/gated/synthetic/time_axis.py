"""Defines the season lengths of a kind of table, and the phases of the time steps of a batch."""

from dataclasses import dataclass

import torch
from torch import Tensor

from gated.synthetic.draws import Draws

__all__ = ["Seasonality", "TimeAxis"]

# A long season of at most this many seasons is a week of days and has days of rest; a longer one,
# or one of patches that are no season, is a year and has holidays.
MOST_DAYS_IN_WEEK = 14


@dataclass(frozen=True)
class Seasonality:
    """The season lengths of a kind of table, and how regular its series are.

    Attributes:
        season_length: steps P of the season, at least 2; without a season, steps of a patch.
        long_season: steps of the longer season (a week of hours, a year of days), not always
            whole; 0 without one.
        has_season: False if P is only the patch length.
        random_walk_share: share of series without season and almost without noise, as prices
            and indices.
        low_noise_share: share of series almost without noise, as tides, temperatures and
            aggregates.
        growth_share: share of series that grow by a nearly constant factor, with their seasons.
        structural_share: share of series whose level, slope and season change by amounts per
            year, as those of an economy.
        cycle: mean steps of a cycle of no calendar length (sunspots), which then is the long
            season; 0 without one.
    """

    season_length: int
    long_season: float = 0.0
    has_season: bool = True
    random_walk_share: float = 0.08
    low_noise_share: float = 0.3
    growth_share: float = 0.05
    structural_share: float = 0.0
    cycle: float = 0.0

    @property
    def seasons_per_long_season(self) -> int:
        """Seasons in a long season; 0 without one."""
        return round(self.long_season / self.season_length)

    @property
    def year_steps(self) -> float:
        """Steps of a year; where none is known, of a season; without a season, 1."""
        if self.has_year:
            return self.long_season
        return float(self.season_length) if self.has_season else 1.0

    @property
    def has_week(self) -> bool:
        """Whether the long season is a week of days."""
        days = self.seasons_per_long_season if self.has_season else 0
        return not self.cycle and 0 < days <= MOST_DAYS_IN_WEEK

    @property
    def has_year(self) -> bool:
        """Whether the long season is a year: it has more seasons than a week, or no seasons."""
        return not self.cycle and self.long_season > 0 and not self.has_week


class TimeAxis:
    """The time steps of a batch; all series begin at the same random phase of the seasons.

    Args:
        seasonality: season lengths of the series.
        length: steps L.
        draws: draws the first step.

    Attributes:
        first: steps from the beginning of a season and a long season to the first step.
        steps: [L] int64, from `first` on.
        time: [L] from 0 to 1.
    """

    def __init__(self, seasonality: Seasonality, length: int, draws: Draws) -> None:
        self.seasonality, self.length = seasonality, length
        cycle = max(int(seasonality.long_season), seasonality.season_length)
        self.first = int(draws.shared_uniform() * cycle)
        self.steps = torch.arange(self.first, self.first + length)
        self.time = torch.linspace(0, 1, length)

    @property
    def phase(self) -> Tensor:
        """[L] int64 steps since the beginning of the season."""
        return self.steps % self.seasonality.season_length

    @property
    def season_number(self) -> Tensor:
        """[L] int64 number of the season of each step."""
        return torch.div(self.steps, self.seasonality.season_length, rounding_mode="floor")

    @property
    def day(self) -> Tensor:
        """[L] int64 day of the week of each step, if the long season is a week."""
        return self.season_number % max(self.seasonality.seasons_per_long_season, 1)
