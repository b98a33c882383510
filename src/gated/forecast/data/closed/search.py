"""Searches the past of a table for its closed calendar."""

from dataclasses import replace

import numpy as np

from gated.arrays import BoolArray
from gated.forecast.data.closed.calendar import (
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

__all__ = ["find_closed_calendar"]

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
        single = collect(table, shown, per_day, by_series=True)
        calendar = calendar if single is None else _with_series(calendar, table, single, common)
    return ClosedCalendar() if calendar.is_empty else calendar


def _with_series(
    calendar: ClosedCalendar, table: Table, single: Evidence, common: BoolArray
) -> ClosedCalendar:
    """The calendar with rules for single series.

    Args:
        calendar: the rules for all series.
        table: the past.
        single: the evidence of each series.
        common: [S] steps of the week that are closed for all series.
    """
    slots = weekly_slots(single.without(common))
    state, zero = day_states(single, slots | common)
    explained = calendar.closed_times(single.days.astype("M8[ns]"), weekly=False)
    state = np.where(explained, 0, state)
    return replace(
        calendar,
        own=_own_slots(table, slots),
        own_dates=own_dated_rules(table.ids, single.days, state, zero, calendar.place),
    )


def _own_slots(table: Table, slots: BoolArray) -> tuple[OwnSlots, ...]:
    """The closed steps [N, S] of single series; series with the same steps together."""
    return tuple(
        OwnSlots(
            plain_labels(table.ids[members]),
            tuple(np.flatnonzero(slots[members[0]]).tolist()),
        )
        for members in series_alike(slots)
    )
