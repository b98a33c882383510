"""Counts each day of a group as open, closed or not observed, from its steps."""

from dataclasses import dataclass, replace

import numpy as np

from gated.arrays import BoolArray, IntArray, TimeArray
from gated.forecast.data.closed.evidence import Evidence

__all__ = ["CLOSED", "OPEN", "Days", "day_states"]

OPEN, CLOSED = 1, 2
"""States of a day; 0 if it was closed every week, not observed, or partly observed."""


@dataclass(frozen=True)
class Days:
    """The days of a group, without weekly closed ones.

    Attributes:
        days: [D] datetime64[D], without gaps.
        state: [D] `OPEN`, `CLOSED` or 0.
        zero: [D] whether the closed day had a value 0.
    """

    days: TimeArray
    state: IntArray
    zero: BoolArray

    @property
    def year(self) -> IntArray:
        """[D] the year."""
        return np.asarray(self.days.astype("M8[Y]").astype(np.int64) + 1970)

    def without(self, explained: BoolArray) -> "Days":
        """The days, of which some do not count."""
        return replace(self, state=np.where(explained, 0, self.state))

    @property
    def closed_share(self) -> float:
        """How often a day is closed, estimated with one more closed day."""
        closed = int((self.state == CLOSED).sum())
        return (closed + 1) / (int((self.state > 0).sum()) + 2)


def day_states(evidence: Evidence, weekly: BoolArray) -> tuple[IntArray, BoolArray]:
    """[G, D] the states of the days of each group, and whether a closed day had a value 0.

    Args:
        evidence: what was open and closed.
        weekly: [S] or [G, S] steps of the week that are closed every week.

    >>> opened = np.array([[[True, True, False, False, False, False, False]]])
    >>> closed = np.array([[[False, False, True, False, False, True, True]]])
    >>> weekly = np.array([False] * 5 + [True] * 2)
    >>> day_states(Evidence(opened, closed, closed, 0, 1), weekly)[0].tolist()
    [[1, 1, 2, 0, 0, 0, 0]]
    """
    rest = evidence.without(weekly)
    groups, weeks = rest.opened.shape[:2]
    shape = (groups, 7 * weeks, evidence.steps_per_day)
    opened, closed, zero = (part.reshape(shape) for part in (rest.opened, rest.closed, rest.zero))
    kept = ~np.broadcast_to(weekly, (groups, rest.opened.shape[2]))
    steps = np.tile(kept.reshape(groups, 7, -1).sum(axis=2), (1, weeks))
    is_closed = (closed.sum(axis=2) == steps) & (steps > 0)
    state = np.where(opened.any(axis=2), OPEN, np.where(is_closed, CLOSED, 0))
    return state, np.asarray(zero.any(axis=2))
