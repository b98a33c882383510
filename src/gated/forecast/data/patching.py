"""Defines the geometry of a window: patches, context, reach, leads, and the long season.

A patch is usually one season. The context is read by the recurrence, the reach only by the season
memory, and the leads are the forecast patches.
"""

import math
from dataclasses import dataclass, replace

CONTEXT = 24
RECENT = 14
CYCLES = 3
LONGEST_PATCH = 96
_SHORT_SEASON = 48
_SHORTEST_PATCH = 4
_SEASONS_FOR_LONG_PATCH = 14
_PATCHES_IN_SPLIT_SEASON = 8
# A long season of at most this many seasons is a week of days; a longer one is a year.
_MOST_DAYS = 14
# A year in whole weeks, and its exact length: dates repeat one or two days later.
_YEARS = {364: 365.25, 260: 260.9, 52: 52.18}


@dataclass(frozen=True)
class PatchLayout:
    """The geometry of a window.

    Attributes:
        patch: steps P in a patch; one season if the season is short.
        leads: number of forecast patches.
        long_season: steps in the longer cycle, not whole for a year; 0 if there is none.
        seasonal: whether a patch is a season; if not, patches only group steps.
        context: number of patches read by the recurrence.
    """

    patch: int
    leads: int
    long_season: float = 0.0
    seasonal: bool = True
    context: int = CONTEXT

    @classmethod
    def plan(
        cls, season_length: int, long_season: int | None, horizon: int, longest: int
    ) -> "PatchLayout":
        """Choose a layout for a season, a horizon (steps) and the longest series (steps).

        A patch is one season, so that past patches have the same phase; for a very short season
        it is several seasons. A season that is too long, or too long for the series (52 weeks),
        is used as the long season, with short patches.

        >>> PatchLayout.plan(7, 364, 28, 800)
        PatchLayout(patch=7, leads=4, long_season=365.25, seasonal=True, context=24)
        >>> PatchLayout.plan(52, None, 8, 500)
        PatchLayout(patch=4, leads=2, long_season=52.18, seasonal=False, context=24)
        """
        enough = longest >= _SEASONS_FOR_LONG_PATCH * season_length
        usual = season_length <= _SHORT_SEASON or enough
        patch, cycle, seasonal = season_length, long_season or 0, season_length > 1
        if season_length in _YEARS or not (usual and season_length <= LONGEST_PATCH):
            divisors = [p for p in range(1, season_length) if season_length % p == 0]
            patch = max(p for p in divisors if p <= season_length // _PATCHES_IN_SPLIT_SEASON)
            cycle, seasonal = season_length, False
        patch *= math.ceil(_SHORTEST_PATCH / patch)
        exact = _YEARS.get(cycle, float(cycle)) if cycle >= 2 * patch else 0.0
        return cls(patch, math.ceil(horizon / patch), exact, seasonal)

    def ahead(self, h: int) -> "PatchLayout":
        """The layout for another horizon (steps)."""
        return replace(self, leads=math.ceil(h / self.patch))

    def with_season(self, season: int) -> "PatchLayout":
        """The layout for series with another season length; a week of days stays a week.

        >>> PatchLayout(24, 2, 168.0).with_season(23)
        PatchLayout(patch=23, leads=3, long_season=161.0, seasonal=True, context=24)
        """
        if season == self.patch:
            return self
        days = self.long_season / self.patch
        is_week = 0 < days <= _MOST_DAYS and days == round(days)
        return replace(
            self,
            patch=season,
            leads=math.ceil(self.leads * self.patch / season),
            long_season=days * season if is_week else self.long_season,
        )

    def long_lags(self, lead: int) -> list[int]:
        """Lags from a patch `lead` patches ahead to the same position in past long seasons.

        For each of the last three long seasons in the past: the nearest multiple of a patch (same
        phase), then the exact distance (same date).

        >>> PatchLayout(7, 4, 365.25).long_lags(1)
        [364, 365, 728, 730, 1099, 1096]
        """
        whole = [
            (round(n * self.long_season / self.patch) * self.patch, round(n * self.long_season))
            for n in range(1, CYCLES + 2 + math.ceil(lead * self.patch / self.long_season))
        ]
        past = [pair for pair in whole if min(pair) >= lead * self.patch]
        return [lag for pair in past[:CYCLES] for lag in pair]

    @property
    def reach(self) -> int:
        """Number of patches before the context that only the season memory reads."""
        if not self.long_season:
            return 2
        read = math.ceil(self.long_season / self.patch) + 2
        recalled = math.ceil(max(self.long_lags(self.leads)) / self.patch) + 1 - self.context
        return max(read, recalled)

    @property
    def rows_before(self) -> int:
        """Steps from the start of a window to its cutoff."""
        return (self.reach + self.context) * self.patch

    @property
    def rows_after(self) -> int:
        """Steps from the cutoff to the end of a window."""
        return self.leads * self.patch
