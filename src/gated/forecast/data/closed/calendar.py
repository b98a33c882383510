"""Defines the closed calendar of a table: weekdays, hours, dates and holidays that are closed.

`closed_calendar_search` finds its rules in the past. Closed steps are forecast as 0 and left out
of the past.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np

from gated.arrays import BoolArray, IntArray, ObjectArray, TimeArray
from gated.forecast.data.closed.amounts import are_amounts
from gated.forecast.data.time_features.holidays import holiday_names
from gated.table import Table
from gated.table.time.grid import DAY, BusinessDays, Ticks, weekday_of

__all__ = [
    "FIRST_MONDAY",
    "ClosedCalendar",
    "ClosedRule",
    "OwnDates",
    "OwnSlots",
    "RuleKind",
    "amount_seasons",
    "day_number",
    "days_from_easter",
    "distinct_times",
    "month_day",
    "rule_kinds",
    "step_of_day",
    "steps_per_day",
]

RuleKind = Literal["weekday", "time_of_day", "time_of_week", "date", "easter", "holiday"]
_WEEKLY = ("weekday", "time_of_day", "time_of_week")
# A series does not follow the calendar if it was open at more than this share of the closed steps.
_OPEN_SHARE = 0.1
FIRST_MONDAY = 4  # days since 1970
# The range of times is listed, instead of sorted, if it has at most this many times as many steps.
_DENSE = 4


@dataclass(frozen=True)
class ClosedRule:
    """Steps that are closed for one reason, with the evidence in the past.

    Attributes:
        kind: what `values` are.
        values: weekdays (0 is Monday); steps of the day or of the week; dates as month · 100 + day;
            days from Easter Sunday. Empty for holidays.
        names: names of closed holidays.
        seen: number of occurrences in the past.
        closed: how many of them were 0 or missing.
        zeros: how many of the closed ones had a value, which was 0; the others were missing.
        years: the years of the closed occurrences; empty for weekly rules.
    """

    kind: RuleKind
    values: tuple[int, ...]
    names: tuple[str, ...]
    seen: int
    closed: int
    zeros: int
    years: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ClosedRule":
        """Build the rule from plain values, where tuples are lists."""
        lists = {name: tuple(stored[name]) for name in ("values", "names", "years")}
        return cls(**{**stored, **lists})


@dataclass(frozen=True)
class OwnSlots:
    """Steps of the week that are closed for some series only.

    Attributes:
        ids: the labels of the series.
        slots: closed steps of the week; step 0 begins on Monday at 00:00.
    """

    ids: tuple[Any, ...]
    slots: tuple[int, ...]


@dataclass(frozen=True)
class OwnDates:
    """Dates, days around Easter or holidays that are closed for some series only.

    Attributes:
        ids: the labels of the series.
        rule: the days, with the evidence of these series together.
    """

    ids: tuple[Any, ...]
    rule: ClosedRule


@dataclass(frozen=True)
class ClosedCalendar:
    """The closed steps of a table, by its calendar.

    Attributes:
        steps_per_day: number of steps in a day.
        rules: rules for all series.
        own: closed steps of the week of some series.
        own_dates: closed days of some series.
        place: place of the holidays.

    >>> saturdays = ClosedRule("weekday", (5,), (), seen=105, closed=104, zeros=104)
    >>> days = np.array(["2024-03-01", "2024-03-02"], "M8[ns]")
    >>> ClosedCalendar(1, (saturdays,)).closed_times(days, weekly=True).tolist()
    [False, True]
    """

    steps_per_day: int = 1
    rules: tuple[ClosedRule, ...] = ()
    own: tuple[OwnSlots, ...] = ()
    place: str | None = None
    own_dates: tuple[OwnDates, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no step is closed."""
        return not self.rules and not self.own and not self.own_dates

    @property
    def closes_holidays(self) -> bool:
        """Whether named holidays are closed, for all series or for some."""
        rules = (*self.rules, *(own.rule for own in self.own_dates))
        return any(rule.kind == "holiday" for rule in rules)

    def closed_times(self, times: TimeArray, *, weekly: bool) -> BoolArray:
        """[T] whether all series are closed at times [T] of the wall clock.

        Args:
            times: datetime64[ns].
            weekly: by weekdays and hours; False: by dates and holidays.
        """
        closed = np.zeros(len(times), dtype=bool)
        for rule in self.rules:
            if (rule.kind in _WEEKLY) == weekly:
                closed |= self._matches(rule, times)
        return closed

    def closed_rows(
        self,
        table: Table,
        ds: TimeArray,
        series: IntArray,
        shown: BoolArray | None = None,
    ) -> BoolArray:
        """[M] whether times [M] of series [M] of a table are closed.

        A series that was open at more than a tenth of such steps of its past does not follow the
        calendar, which may come from another table or from an earlier time. Nor does a level
        (a price, a temperature) that is only missing there.

        Args:
            table: the past.
            ds: datetime64[ns], past or future.
            series: indices of series of the table.
            shown: [R] rows of the past to check; None: all.
        """
        return self.rows_closed(table, ds, series, self.followed(table, shown))

    def followed(self, table: Table, shown: BoolArray | None = None) -> BoolArray:
        """[2, N] whether each series of a table follows weekdays and hours, and dates.

        Args:
            table: the past.
            shown: [R] rows of the past to check; None: all.
        """
        followed = np.zeros((2, table.n_series), dtype=bool)
        if self.is_empty or not self._fits(table):
            return followed
        past_series = np.repeat(np.arange(table.n_series), table.lengths)
        is_open = np.isfinite(table.y) & (table.y != 0)
        checked = np.ones(table.n_rows, dtype=bool) if shown is None else shown
        seasons = amount_seasons(table, self.steps_per_day)
        sold = are_amounts(np.where(checked, table.y, np.nan), table.offsets, *seasons)
        for follows, by in zip(followed, (self._weekly_rows, self._dated_rows), strict=True):
            past = by(table, table.ds, past_series) & checked

            def count(rows: BoolArray, past: BoolArray = past) -> IntArray:
                return np.bincount(past_series[past & rows], minlength=table.n_series)

            opened = count(is_open)
            follows[:] = (opened < 2) | (opened <= _OPEN_SHARE * count(checked))
            follows &= sold | (count(table.y == 0) > 0)
        return followed

    def rows_closed(
        self, table: Table, ds: TimeArray, series: IntArray, followed: BoolArray
    ) -> BoolArray:
        """[M] whether times [M] of series [M] are closed.

        Args:
            table: its labels, clock and frequency are read, not its rows.
            ds: datetime64[ns].
            series: indices of series of the table.
            followed: [2, N] whether a series follows weekdays and hours, and dates.
        """
        closed = np.zeros(len(ds), dtype=bool)
        if len(ds) and followed.any():
            for follows, by in zip(followed, (self._weekly_rows, self._dated_rows), strict=True):
                closed |= by(table, ds, series) & follows[series]
        return closed

    def without_series(self) -> "ClosedCalendar":
        """The calendar without rules for single series, whose labels may be private."""
        return ClosedCalendar(self.steps_per_day, self.rules, (), self.place)

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values for a model file."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ClosedCalendar":
        """Build the calendar from the values of `to_json`."""
        rules = tuple(ClosedRule.from_json(rule) for rule in stored["rules"])
        own = tuple(OwnSlots(tuple(one["ids"]), tuple(one["slots"])) for one in stored["own"])
        own_dates = tuple(
            OwnDates(tuple(one["ids"]), ClosedRule.from_json(one["rule"]))
            for one in stored.get("own_dates", ())
        )
        return cls(stored["steps_per_day"], rules, own, stored["place"], own_dates)

    def _fits(self, table: Table) -> bool:
        return steps_per_day(table) == self.steps_per_day

    def _weekly_rows(self, table: Table, ds: TimeArray, series: IntArray) -> BoolArray:
        times, position = distinct_times(table, ds)
        closed = self.closed_times(times, weekly=True)[position]
        if self.own:
            slot = step_of_week(times, self.steps_per_day)[position]
            closed |= self._own_slots(table.ids)[series, slot]
        return closed

    def _dated_rows(self, table: Table, ds: TimeArray, series: IntArray) -> BoolArray:
        times, position = distinct_times(table, ds)
        closed = self.closed_times(times, weekly=False)[position]
        index = {label: i for i, label in enumerate(table.ids.tolist())}
        for own in self.own_dates:
            known = np.zeros(table.n_series, dtype=bool)
            known[[index[label] for label in own.ids if label in index]] = True
            rows = np.flatnonzero(self._matches(own.rule, times)[position])
            closed[rows[known[series[rows]]]] = True
        return closed

    def _own_slots(self, ids: ObjectArray) -> BoolArray:
        """[N, S] the steps of the week that are closed for each series."""
        closed = np.zeros((len(ids), 7 * self.steps_per_day), dtype=bool)
        index = {label: i for i, label in enumerate(ids.tolist())}
        for own in self.own:
            known = [index[label] for label in own.ids if label in index]
            closed[np.ix_(known, own.slots)] = True
        return closed

    def _matches(self, rule: ClosedRule, times: TimeArray) -> BoolArray:
        if rule.kind == "holiday":
            days, position = np.unique(times.astype("M8[D]"), return_inverse=True)
            names = holiday_names(self.place, days) if self.place is not None else [()] * len(days)
            return np.array([not set(rule.names).isdisjoint(n) for n in names], bool)[position]
        codes: dict[str, Callable[[], IntArray]] = {
            "weekday": lambda: weekday_of(times),
            "time_of_day": lambda: step_of_day(times, self.steps_per_day),
            "time_of_week": lambda: step_of_week(times, self.steps_per_day),
            "date": lambda: month_day(times),
            "easter": lambda: days_from_easter(times),
        }
        return np.isin(codes[rule.kind](), rule.values)


def rule_kinds() -> tuple[str, ...]:
    """The names of the kinds of rules."""
    return get_args(RuleKind)


def steps_per_day(table: Table) -> int | None:
    """Number of steps in a day; None if steps are numbered, longer, or do not divide a day."""
    grid = table.frequency.grid
    if isinstance(grid, BusinessDays):
        return 1
    if isinstance(grid, Ticks) and grid.size <= DAY and DAY % grid.size == 0:
        return DAY // grid.size
    return None


def amount_seasons(table: Table, per_day: int) -> tuple[int, int | None]:
    """The seasons for `are_amounts`: steps in a day and a week, or days in a week and None."""
    if per_day > 1:
        return per_day, 7 * per_day
    grid = table.frequency.grid
    return (len(grid.days) if isinstance(grid, BusinessDays) else 7), None


def distinct_times(table: Table, ds: TimeArray) -> tuple[TimeArray, IntArray]:
    """The distinct times among times [M] of a table, as its own clock shows them.

    Returns:
        [T] wall-clock times, which may include times between those given, and [M] the position of
        each time among them.
    """
    grid = table.frequency.grid
    size = grid.size if isinstance(grid, Ticks) else DAY
    elapsed = (ds - ds.min()).astype(np.int64)
    position = elapsed // size
    count = int(position.max()) + 1
    if count <= _DENSE * len(ds) and not (elapsed % size).any():
        times = ds.min() + (np.arange(count) * size).astype("m8[ns]")
    else:
        times, position = np.unique(ds, return_inverse=True)
    return table.local(times), position


def day_number(times: TimeArray) -> IntArray:
    """[T] days since the first Monday of 1970; those of a week are 7 w to 7 w + 6."""
    return np.asarray(times.astype("M8[D]").astype(np.int64) - FIRST_MONDAY)


def step_of_day(times: TimeArray, per_day: int) -> IntArray:
    """[T] the step of the day, 0 to `per_day` − 1."""
    clock = (times - times.astype("M8[D]")).astype("m8[ns]").astype(np.int64)
    return np.asarray(clock // (DAY // per_day))


def step_of_week(times: TimeArray, per_day: int) -> IntArray:
    """[T] the step of the week, from Monday at 00:00."""
    return weekday_of(times) * per_day + step_of_day(times, per_day)


def month_day(times: TimeArray) -> IntArray:
    """[T] the date as month · 100 + day.

    >>> month_day(np.array(["2024-12-25"], "M8[ns]")).tolist()
    [1225]
    """
    months = times.astype("M8[M]")
    day = (times.astype("M8[D]") - months.astype("M8[D]")).astype(np.int64) + 1
    return np.asarray((months.astype(np.int64) % 12 + 1) * 100 + day)


def days_from_easter(times: TimeArray) -> IntArray:
    """[T] days from Easter Sunday of the same year (Gregorian; Meeus, Astronomical Algorithms).

    >>> days_from_easter(np.array(["2010-04-02", "2011-04-25"], "M8[ns]")).tolist()
    [-2, 1]
    """
    year = times.astype("M8[Y]").astype(np.int64) + 1970
    a, b, c = year % 19, year // 100, year % 100
    g = (b - (b + 8) // 25 + 1) // 3
    moon = (19 * a + b - b // 4 - g + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - moon - c % 4) % 7
    m = (a + 11 * moon + 22 * weekday) // 451
    days = moon + weekday - 7 * m + 114
    month, day = days // 31, days % 31 + 1
    easter = ((year - 1970).astype("M8[Y]").astype("M8[M]") + (month - 1)).astype("M8[D]")
    easter = easter + (day - 1)
    return np.asarray((times.astype("M8[D]") - easter).astype(np.int64))
