"""Proposes the options for tables with several rows in a step, or with irregular times."""

import numpy as np

from gated.arrays import BoolArray, IntArray
from gated.table.series.panel import Panel
from gated.table.time.grid import DAY, SECOND, Ticks
from gated.text import option

__all__ = [
    "event_step",
    "for_irregular",
    "for_repeated",
    "gaps_within",
    "is_measured",
    "is_regular",
    "near_step",
]

MINUTE, HOUR = 60 * SECOND, 3_600 * SECOND
WEEK = 7 * DAY
# Steps in which devices measure.
USUAL_STEPS = np.array(
    [count * SECOND for count in (1, 2, 5, 10, 15, 20, 30)]
    + [count * MINUTE for count in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)]
    + [count * HOUR for count in (1, 2, 3, 4, 6, 8, 12, 24)],
    dtype=np.int64,
)
SAME_STEP = 0.1  # relative difference of the median gap from the usual step that it stands for
LONGEST_GAP = 1.5  # in steps; longer ones are pauses, in which readings are missing
SHORTEST_GAP = 0.5  # in steps
REGULAR = 0.7  # share of equal gaps from which the times are regular but for exceptions
MEASURED = 0.8  # share of gaps without pauses that are about one step; of random events, half are
# Events such as sales are proposed in days if they span two weeks or more, else in shorter steps.
# Fewer than these a day (week) are proposed in weeks (months).
DAYS_FROM, HOURS_FROM = 14 * DAY, 2 * DAY
LEAST_EVENTS = 0.7


def gaps_within(panel: Panel) -> IntArray:
    """The gaps between the times of each series, in ns (or numbered steps)."""
    gaps = np.diff(panel.ds).astype(np.int64)
    within = np.ones(len(gaps), dtype=np.bool_)
    within[panel.offsets[1:-1] - 1] = False
    return np.asarray(gaps[within])


def is_measured(gaps: IntArray, size: int) -> bool:
    """Whether times are those of a device that measures about once in `size` ns.

    >>> is_measured(np.array([299, 286, 267, 344, 1207]) * SECOND, 300 * SECOND)
    True
    >>> is_measured(np.array([12, 260, 7, 1300, 90, 440]) * SECOND, 300 * SECOND)
    False
    """
    close = gaps <= LONGEST_GAP * size
    near = close & (gaps >= SHORTEST_GAP * size)
    return bool(near.sum() >= max(MEASURED * close.sum(), len(gaps) / 2, 1))


def is_regular(gaps: IntArray) -> bool:
    """Whether most gaps are equal: then a few times are wrong, and the others right."""
    if not len(gaps):
        return True
    return bool(np.unique(gaps, return_counts=True)[1].max() >= REGULAR * len(gaps))


def near_step(gaps: IntArray) -> Ticks | None:
    """The usual step near the median gap, if the times are measured in it; else None.

    >>> near_step(np.array([299, 286, 306, 304, 296]) * SECOND).alias
    '5min'
    """
    if not len(gaps):
        return None
    middle = float(np.median(gaps))
    if middle <= 0:
        return None
    size = int(USUAL_STEPS[np.argmin(np.abs(np.log(USUAL_STEPS / middle)))])
    if abs(middle - size) > SAME_STEP * size or not is_measured(gaps, size):
        return None
    return Ticks(size)


def event_step(panel: Panel) -> str:
    """The alias of a step for events such as sales, from their number a day and their span."""
    span = int((panel.ds.max() - panel.ds.min()).astype(np.int64))
    if span < DAYS_FROM:
        return "h" if span >= HOURS_FROM else "min"
    per_day = len(panel.ds) / len(panel.ids) * DAY / span
    if per_day >= LEAST_EVENTS:
        return "D"
    return "W" if per_day * WEEK / DAY >= LEAST_EVENTS else "MS"


def for_irregular(panel: Panel, alias: str | None) -> str:
    """What to do about times that are not on the grid `alias`, or on none, in one sentence."""
    if panel.ds.dtype.kind != "M":
        step = "" if alias else f" with {option('freq')}"
        return f"Bring the rows of one step together{step}: {_rules()}."
    near = near_step(gaps_within(panel)) if alias is None else None
    if near is not None:
        return (
            f"The times are about one step of {near.alias} apart; pass "
            f"{option('freq', near.alias)} to put them on such a grid."
        )
    step = ""
    if alias is None:
        example = option("freq", event_step(panel))
        step = f" Give the step with {option('freq')}, for example {example}."
    return f"Bring the rows of one step together: {_rules()}.{step}"


def for_repeated(panel: Panel, again: BoolArray, separating: str, alias: str | None) -> str:
    """What to do about rows of one time, without the full stop.

    Args:
        panel: the rows.
        again: [R] whether a row has the time of the row before it.
        separating: a sentence on columns that separate these rows; empty without any.
        alias: the given step, if any.
    """
    second = np.flatnonzero(again)
    add_up, average = option("aggregate", "sum"), option("aggregate", "mean")
    if alias is None and panel.ds.dtype.kind == "M" and _are_events(panel):
        step = option("freq", event_step(panel))
        return (
            f"The times are those of single events: pass {add_up} or {average} with a step, for "
            f"example {step}, to bring the rows of each step together"
        )
    if separating:
        return f"{separating} Or pass {add_up} to add up the rows of one time"
    y = panel.y
    same = (y[second] == y[second - 1]) | (np.isnan(y[second]) & np.isnan(y[second - 1]))
    if same.all():
        one = option("aggregate", "first")
        return f"Their values are the same: pass {one} to keep one, or {add_up} to add them up"
    return f"Pass {add_up} to add them up, or {average} to average them"


def _are_events(panel: Panel) -> bool:
    """Whether times of day are irregular."""
    gaps = gaps_within(panel)
    gaps = gaps[gaps > 0]
    return not is_regular(gaps) and bool((gaps % DAY != 0).mean() > REGULAR)


def _rules() -> str:
    return (
        f"pass {option('aggregate', 'sum')} to add up amounts, {option('aggregate', 'mean')} to "
        f"average measurements, or {option('aggregate', 'count')} to count the rows"
    )
