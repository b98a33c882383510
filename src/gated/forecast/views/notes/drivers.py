"""Describes what drives a forecast: its covariates, closed steps and holidays ahead."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.data.time_features.holidays import holiday_names
from gated.forecast.views.notes.closed import closed_notes
from gated.forecast.views.notes.covariates import regression_notes
from gated.forecast.views.period_text import day_text, span_text
from gated.table import Table
from gated.table.time.grid import DAY, Months, Steps, Ticks
from gated.text import counted, listed

__all__ = ["closed_events", "driver_sentences", "holiday_events"]

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ROWS_SHOWN = 10

Event = tuple[str, str]


def driver_sentences(profile: TableProfile, target: str) -> tuple[str, ...]:
    """Sentences on the columns that the forecast reads besides the target, and on closed steps.

    Args:
        profile: profile of the table.
        target: name of its target column.
    """
    return (
        *_covariates(profile),
        *regression_notes(profile, target),
        *closed_notes(profile.closed_calendar, target),
    )


def _covariates(profile: TableProfile) -> tuple[str, ...]:
    named = {
        "Known ahead": [
            profile.groups.get(f.covariate, f.covariate) for f in profile.known.features
        ],
        "Known only in the past": [f.covariate for f in profile.past.features],
        "The same at all times": [f.covariate for f in profile.static.features],
    }
    return tuple(
        f"{what}, the forecast depends on {listed(dict.fromkeys(names))}."
        for what, names in named.items()
        if names
    )


def closed_events(table: Table, ds: NDArray[Any], closed: BoolArray) -> tuple[Event, ...]:
    """(when, "closed") of the steps ahead that are closed in all series.

    Args:
        table: the past.
        ds: [h] times of the steps ahead.
        closed: [h] whether each is closed.
    """
    if not closed.any() or isinstance(table.frequency.grid, Steps):
        return ()
    times = table.local(ds)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], closed, [False]]).astype(np.int8)))
    ranges = list(zip(edges[::2], edges[1::2] - 1, strict=True))
    grid = table.frequency.grid
    single = [times[first] for first, last in ranges if first == last]
    if not (isinstance(grid, Ticks) and grid.size == DAY):
        single = []
    rows = _weekday_rows(single)
    for first, last in ranges:
        if first != last or not single:
            rows.append((times[first], span_text(times[[first, last]], table.frequency)))
    return _shown([when for _, when in sorted(rows, key=lambda row: row[0])], "closed")


def _weekday_rows(days: Sequence[Any]) -> list[tuple[Any, str]]:
    """The first day and the text of single days, those of one weekday together."""
    by_weekday: dict[str, list[Any]] = {}
    for day in days:
        by_weekday.setdefault(_weekday_of(day), []).append(day)
    rows = []
    for weekday, same in by_weekday.items():
        if len(same) == 1:
            rows.append((same[0], f"{weekday} {day_text(same[0])}"))
            continue
        begin = ", ".join(day_text(day, short=True) for day in same[:-1])
        rows.append((same[0], f"{weekday}s: {begin} and {day_text(same[-1])}"))
    return rows


def holiday_events(table: Table, profile: TableProfile, ds: NDArray[Any]) -> tuple[Event, ...]:
    """(when, name) of the public holidays among the steps ahead [h]."""
    holidays, grid = profile.holidays, table.frequency.grid
    if holidays is None or isinstance(grid, Steps | Months):
        return ()
    days = np.unique(table.local(ds).astype("M8[D]"))
    events = [
        (f"{_weekday_of(day)} {day_text(day)}", ", ".join(names))
        for day, names in zip(days, holiday_names(holidays.place, days), strict=True)
        if names
    ]
    return tuple(events[:_ROWS_SHOWN])


def _weekday_of(day: Any) -> str:
    return _WEEKDAYS[int((day.astype("M8[D]").astype(int) + 3) % 7)]  # 1970 began on a Thursday


def _shown(when: Sequence[str], what: str) -> tuple[Event, ...]:
    more = len(when) - _ROWS_SHOWN
    shown = [(one, what) for one in when[:_ROWS_SHOWN]]
    return (*shown, *([(f"and {counted(more, 'more time')}", what)] if more > 0 else []))
