"""Defines `Frequency`: the step, the season lengths, future times and calendar features."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.table.time.grid import (
    DAY,
    SECOND,
    WEEK,
    BusinessDays,
    Grid,
    Instants,
    Months,
    Steps,
    Ticks,
    parse_alias,
    weekday_of,
)
from gated.text import grouped, option

__all__ = ["LONGEST_SEASON", "Frequency"]

MINUTE, HOUR = 60 * SECOND, 3_600 * SECOND
YEAR = 365.25 * DAY
WORDS = {
    "1": "numbered steps", "s": "every second", "min": "every minute", "30min": "half-hourly",
    "15min": "quarter-hourly", "h": "hourly", "D": "daily", "B": "business days", "W": "weekly",
    "MS": "monthly", "ME": "month ends", "QS": "quarterly", "QE": "quarter ends",
    "YS": "yearly", "YE": "year ends", "M": "monthly", "3M": "quarterly", "12M": "yearly",
}  # fmt: skip
NOUNS = {
    "s": "second", "min": "minute", "15min": "quarter-hour", "30min": "half-hour", "h": "hour",
    "D": "day", "B": "business day", "W": "week", "MS": "month", "ME": "month", "QS": "quarter",
    "QE": "quarter", "YS": "year", "YE": "year", "M": "month", "3M": "quarter",
    "12M": "year",
}  # fmt: skip
_TICKS_IN = {"week": WEEK, "day": DAY, "hour": HOUR, "minute": MINUTE, "second": SECOND}
_MONTHS_IN = {"year": 12, "quarter": 3, "month": 1}
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_CLOSED = 2  # days of the week that are named; of more, those that are open are named
LONGEST_SEASON = 1_000_000
"""Steps in a cycle: a week of seconds has 604,800."""
LAST_NS = np.iinfo(np.int64).max  # 2262-04-11 as nanoseconds since 1970


@dataclass(frozen=True)
class Frequency:
    """The frequency of a table's series.

    Attributes:
        alias: pandas offset alias ("D", "h", "30min", "MS", "W-SUN", "B", …), or a number for
            numbered steps.
        season_length: steps in the main cycle; 1 if there is none.
        long_season: steps in the second, longer cycle; None if there is none.

    >>> daily = Frequency.of("D")
    >>> daily.season_length, daily.long_season, daily.feature_names[:2]
    (7, 364, ('day_of_week_sin', 'day_of_week_cos'))
    >>> daily.future(np.array(["2021-02-27"], "M8[ns]"), 2).astype("M8[D]")
    array([['2021-02-28', '2021-03-01']], dtype='datetime64[D]')
    """

    alias: str
    season_length: int
    long_season: int | None = None

    @classmethod
    def of(
        cls, alias: str, season_length: int | None = None, long_season: int | None = None
    ) -> "Frequency":
        """Build the frequency of an alias, with its usual season lengths unless others are given.

        Raises:
            UsageError: the alias is unknown, or `season_length` is out of range.
        """
        grid = parse_alias(alias)
        if season_length is not None:
            _check_season(season_length)
        usual, usually_long = usual_seasons(grid)
        season, longer = season_length or usual or 1, long_season or usually_long
        return cls(grid.alias, season, longer if (longer or 0) > season else None)

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values for a model file."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Frequency":
        """Build the frequency from the values of `to_json`."""
        return cls(**stored)

    @property
    def grid(self) -> Grid:
        """The regular grid of times that the alias names."""
        return parse_alias(self.alias)

    @property
    def description(self) -> str:
        """The alias with its English name, if it has one: "daily (D)".

        >>> Frequency.of("MON+TUE+WED+THU+FRI+SAT").description
        'every day but Sunday (MON+TUE+WED+THU+FRI+SAT)'
        """
        if isinstance(grid := self.grid, BusinessDays) and "+" in self.alias:
            closed = [name for day, name in enumerate(DAY_NAMES) if day not in grid.days]
            if len(closed) <= MOST_CLOSED:
                return f"every day but {' and '.join(closed)} ({self.alias})"
            return f"the same days of every week ({self.alias})"
        word = WORDS.get(self.alias.split("-")[0])
        return f"{word} ({self.alias})" if word else self.alias

    @property
    def season_unit(self) -> tuple[int, str] | None:
        """The length of a season in the largest unit of time; None if it has none.

        >>> Frequency.of("2h", 12).season_unit, Frequency.of("MS").season_unit
        ((1, 'day'), (1, 'year'))
        >>> Frequency.of("D", 14).season_unit, Frequency.of("W").season_unit
        ((2, 'week'), (52, 'week'))
        """
        grid, season = self.grid, self.season_length
        if season == 1 or isinstance(grid, Steps):
            return None
        if isinstance(grid, BusinessDays):
            weeks, rest = divmod(season, len(grid.days))
            return None if rest else (weeks, "week")
        units = _MONTHS_IN if isinstance(grid, Months) else _TICKS_IN
        for unit, size in units.items():
            if season * grid.size % size == 0:
                return season * grid.size // size, unit
        return None

    @property
    def noun(self) -> str:
        """The noun of one step: "day"; "step" if there is none.

        >>> Frequency.of("W-SUN").noun, Frequency.of("10min").noun
        ('week', 'step')
        """
        noun = "day" if "+" in self.alias else "step"
        return NOUNS.get(self.alias.split("-")[0], noun)

    @property
    def is_numbered(self) -> bool:
        """Whether times are numbered steps instead of dates."""
        return isinstance(self.grid, Steps)

    def future(self, last: Instants, h: int) -> Instants:
        """The `h` times after each of `last`.

        Args:
            last: [N] datetime64[ns], or int64 where steps are numbered.
            h: how many steps ahead, at least 1.

        Returns:
            [N, h], of the type of `last`.

        Raises:
            UsageError: `h` is below 1, or the times would be after 2262, the last year of
                datetime64[ns].
        """
        if h < 1:
            raise UsageError(f"The horizon is {h}. Expected at least 1 step.")
        if not self.is_numbered and len(last):
            self._check_range(last, h)
        distinct, position = np.unique(last, return_inverse=True)
        ahead = np.arange(1, h + 1, dtype=np.int64)
        return np.asarray(self.grid.advance(distinct[:, None], ahead[None, :])[position])

    def _check_range(self, last: Instants, h: int) -> None:
        end = float(last.max().astype(np.int64)) + float(h) * step_size(self.grid)
        if end > LAST_NS - YEAR:
            raise UsageError(
                f"A horizon of {h:,} steps of {self.alias} ends after the year 2261, the last "
                "year that times can represent. Request fewer steps."
            )

    def features(self, ds: Instants) -> NDArray[np.float32]:
        """Compute calendar features: a sine and a cosine for each cycle longer than one step.

        Args:
            ds: [...] datetime64[ns]; any shape.

        Returns:
            [..., C] float32 in [-1, 1]; C = 0 for numbered steps and for steps of a year or more.
            Months and years are divided by their actual number of days, so that the last day of
            a cycle is as close to the first as any two adjacent days.
        """
        columns = []
        for cycle in self._cycles:
            angle = 2 * np.pi * cycle.phase(ds)
            columns += [np.sin(angle), np.cos(angle)]
        if not columns:
            return np.zeros((*ds.shape, 0), dtype=np.float32)
        return np.stack(columns, axis=-1).astype(np.float32)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns of `features`."""
        return tuple(f"{cycle.name}_{wave}" for cycle in self._cycles for wave in ("sin", "cos"))

    @property
    def feature_periods(self) -> tuple[float, ...]:
        """Steps in the cycle of each column of `features`."""
        step = step_size(self.grid)
        return tuple(cycle.length / step for cycle in self._cycles for _ in ("sin", "cos"))

    @property
    def _cycles(self) -> tuple["_Cycle", ...]:
        if self.is_numbered:
            return ()
        step = step_size(self.grid)
        return tuple(
            cycle
            for cycle in CYCLES
            if cycle.finest <= step <= cycle.coarsest and step < cycle.length
        )


def _check_season(season_length: object) -> None:
    if isinstance(season_length, bool) or not isinstance(season_length, Integral):
        shown = repr(season_length)
    elif not 1 <= int(season_length) <= LONGEST_SEASON:
        shown = grouped(int(season_length))
    else:
        return
    raise UsageError(
        f"{option('season_length')} is {shown}. Expected the number of steps in one cycle, from 1 "
        f"(no cycle) to {LONGEST_SEASON:,}."
    )


def step_size(grid: Grid) -> float:
    """The mean length of a step in ns (of numbered steps: their size)."""
    if isinstance(grid, Steps | Ticks):
        return float(grid.size)
    return grid.size * YEAR / 12 if isinstance(grid, Months) else 7 / len(grid.days) * DAY


def usual_seasons(grid: Grid) -> tuple[int | None, int | None]:
    """The usual season lengths of a grid, main and long, in steps; None if it has none.

    Days: a week and a year of 52 weeks. Steps from five minutes to hours: a day and a week.
    Single minutes: an hour and a day. Seconds: a minute.
    """
    if isinstance(grid, Steps):
        return None, None
    if isinstance(grid, BusinessDays):
        return len(grid.days), 52 * len(grid.days)
    if isinstance(grid, Months):
        return max(12 // grid.size, 1) if 12 % min(grid.size, 12) == 0 else None, None
    step = grid.size
    if step % WEEK == 0:
        return max(round(52 * WEEK / step), 1), None
    if step == DAY:
        return 7, 364
    for cycle, finest, longer in (
        (DAY, 5 * MINUTE, WEEK),
        (HOUR, MINUTE, DAY),
        (MINUTE, SECOND, None),
    ):
        if finest <= step < cycle and cycle % step == 0:
            return cycle // step, longer // step if longer is not None else None
    return None, None


@dataclass(frozen=True)
class _Cycle:
    name: str
    length: float  # ns
    finest: float  # ns; shorter steps do not use this cycle
    coarsest: float  # ns; longer steps do not use this cycle
    phase: Callable[[Instants], FloatArray]  # [...] times to [...] phases in [0, 1)


def _phase(ds: Instants, length: int) -> FloatArray:
    """The phase in a cycle of `length` ns."""
    return np.asarray((ds.astype("M8[ns]").astype(np.int64) % length) / length)


def _week_phase(ds: Instants) -> FloatArray:
    return np.asarray((weekday_of(ds) + _phase(ds, DAY)) / 7)


def _calendar_phase(ds: Instants, unit: str) -> FloatArray:
    """The phase in the month ("M") or the year ("Y"), from its actual number of days."""
    begin = ds.astype(f"M8[{unit}]")
    first, following = begin.astype("M8[D]"), (begin + 1).astype("M8[D]")
    days: NDArray[Any] = (ds.astype("M8[D]") - first).astype(np.int64)
    return np.asarray(days / (following - first).astype(np.int64))


def _month_of_year_phase(ds: Instants) -> FloatArray:
    return np.asarray(ds.astype("M8[M]").astype(np.int64) % 12 / 12)


CYCLES = (
    _Cycle("second_of_minute", MINUTE, 0, MINUTE, lambda ds: _phase(ds, MINUTE)),
    _Cycle("minute_of_hour", HOUR, 0, HOUR, lambda ds: _phase(ds, HOUR)),
    _Cycle("hour_of_day", DAY, 0, DAY, lambda ds: _phase(ds, DAY)),
    _Cycle("day_of_week", WEEK, 0, WEEK, _week_phase),
    _Cycle("day_of_month", 28 * DAY, DAY, 28 * DAY, lambda ds: _calendar_phase(ds, "M")),
    _Cycle("day_of_year", YEAR, 0, 27 * DAY, lambda ds: _calendar_phase(ds, "Y")),
    _Cycle("month_of_year", YEAR, 28 * DAY, YEAR, _month_of_year_phase),
)
