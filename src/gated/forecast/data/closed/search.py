"""Searches the past of a table for its closed calendar."""

from dataclasses import replace

import numpy as np

from gated.arrays import BoolArray
from gated.forecast.data.closed.calendar import (
    FIRST_MONDAY,
    ClosedCalendar,
    ClosedRule,
    OwnSlots,
    steps_per_day,
)
from gated.forecast.data.closed.dates import dated_rules
from gated.forecast.data.closed.days import Days, day_states
from gated.forecast.data.closed.evidence import Evidence, collect
from gated.forecast.data.closed.own_dates import own_dated_rules, plain_labels, series_alike
from gated.forecast.data.closed.weekly import weekly_rules, weekly_slots
from gated.table import Table
from gated.table.time.grid import DAY

__all__ = ["find_closed_calendar", "with_own_rules"]

# A week of single minutes has 10,080 steps; shorter steps have no calendar of the week.
_MOST_STEPS_PER_DAY = 1_440


def find_closed_calendar(
    table: Table, shown: BoolArray, place: str | None = None
) -> ClosedCalendar:
    """Find the weekdays, hours, dates and holidays that are closed.

    All series together are judged first, because a good that is rarely sold is not a closed shop;
    then single series and groups of them.

    Args:
        table: the past.
        shown: [R] rows to read. Steps that another rule closes are not among them.
        place: place of the holidays; None without holidays.
    """
    per_day = steps_per_day(table)
    if per_day is None or per_day > _MOST_STEPS_PER_DAY:
        return ClosedCalendar()
    together = collect(table, shown, per_day, by_series=False)
    common = np.zeros(7 * per_day, dtype=bool)
    rules: tuple[ClosedRule, ...] = ()
    if together is not None:
        common = weekly_slots(together)[0]
        state, zero = day_states(together, common)
        rules = weekly_rules(together)
        rules += dated_rules(Days(together.days, state[0], zero[0]), place)
    calendar = ClosedCalendar(per_day, rules, (), place)
    if table.n_series > 1:
        evidence = collect(table, shown, per_day, by_series=True)
        if evidence is not None:
            calendar = _with_series(calendar, table, evidence, common)
    return ClosedCalendar() if calendar.is_empty else calendar


def with_own_rules(
    calendar: ClosedCalendar,
    table: Table,
    shown: BoolArray,
    place: str | None = None,
    *,
    single: bool = True,
) -> ClosedCalendar:
    """The rules of a calendar for all series, with those of the single series of another table.

    Args:
        calendar: found in other series.
        table: the past.
        shown, place: as in `find_closed_calendar`.
        single: whether dates of one series alone are searched; False: of groups of them.
    """
    per_day = steps_per_day(table)
    if per_day is None or per_day > _MOST_STEPS_PER_DAY:
        return calendar
    evidence = collect(table, shown, per_day, by_series=True)
    if evidence is None:
        return calendar
    steps = (FIRST_MONDAY * DAY + np.arange(7 * per_day) * (DAY // per_day)).astype("M8[ns]")
    common = calendar.closed_times(steps, weekly=True)
    given = replace(calendar, steps_per_day=per_day, place=calendar.place or place)
    found = _with_series(given, table, evidence, common, single=single)
    return calendar if found.is_empty else found


def _with_series(
    calendar: ClosedCalendar,
    table: Table,
    evidence: Evidence,
    common: BoolArray,
    *,
    single: bool = True,
) -> ClosedCalendar:
    """The calendar with rules for single series.

    Args:
        calendar: the rules for all series.
        table: the past.
        evidence: of each series.
        common: [S] steps of the week that are closed for all series.
        single: as in `with_own_rules`.
    """
    slots = weekly_slots(evidence.without(common))
    state, zero = day_states(evidence, slots | common)
    explained = calendar.closed_times(evidence.days.astype("M8[ns]"), weekly=False)
    state = np.where(explained, 0, state)
    own_dates = own_dated_rules(
        table.ids, evidence.days, state, zero, calendar.place, single=single
    )
    return replace(calendar, own=_own_slots(table, slots), own_dates=own_dates)


def _own_slots(table: Table, slots: BoolArray) -> tuple[OwnSlots, ...]:
    """The closed steps [N, S] of single series; series with the same steps together."""
    return tuple(
        OwnSlots(
            plain_labels(table.ids[members]),
            tuple(np.flatnonzero(slots[members[0]]).tolist()),
        )
        for members in series_alike(slots)
    )
