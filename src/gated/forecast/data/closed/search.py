"""Searches the past of a table for its closed calendar."""

from typing import Any

import numpy as np

from gated.arrays import BoolArray
from gated.forecast.data.closed.calendar import ClosedCalendar, OwnSlots, steps_per_day
from gated.forecast.data.closed.dates import dated_rules
from gated.forecast.data.closed.evidence import Evidence, collect
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
    then single series, for steps of the week only.

    Args:
        table: the past.
        shown: [R] rows to read. Steps that another rule closes are not among them.
        place: place of the holidays; None without holidays.
    """
    per_day = steps_per_day(table)
    if per_day is None or per_day > _MOST_STEPS_PER_DAY:
        return ClosedCalendar()
    together = collect(table, shown, per_day, by_series=False)
    rules = () if together is None else weekly_rules(together)
    common = np.zeros(7 * per_day, dtype=bool)
    if together is not None:
        common = weekly_slots(together)[0]
        rules += dated_rules(together, common, place)
    own: tuple[OwnSlots, ...] = ()
    if table.n_series > 1:
        single = collect(table, shown, per_day, by_series=True)
        own = () if single is None else _own_slots(table, single.without(common))
    if not rules and not own:
        return ClosedCalendar()
    return ClosedCalendar(per_day, rules, own, place)


def _plain(label: Any) -> Any:
    """A label as a type of JSON, if NumPy has one for it; it stays equal."""
    return label.item() if isinstance(label, np.generic) else label


def _own_slots(table: Table, evidence: Evidence) -> tuple[OwnSlots, ...]:
    """The closed steps of single series; series with the same steps together."""
    slots = weekly_slots(evidence)
    which = np.flatnonzero(slots.any(axis=1))
    groups: dict[bytes, list[int]] = {}
    for series in which.tolist():
        groups.setdefault(slots[series].tobytes(), []).append(series)
    return tuple(
        OwnSlots(
            tuple(_plain(label) for label in table.ids[members]),
            tuple(np.flatnonzero(slots[members[0]]).tolist()),
        )
        for members in groups.values()
    )
