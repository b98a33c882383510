"""Sides timed in turn, on a machine that drifts: ours, theirs, ours, theirs …"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from statistics import median, quantiles

__all__ = ["FULL", "QUICK", "Call", "Pace", "Quartiles", "Rounds", "interleaved", "quartiles"]

Call = Callable[[], object]


@dataclass(frozen=True)
class Pace:
    """How long to measure one cell of the table.

    Attributes:
        budget: seconds for all sides together, unless `at_least` rounds take longer.
        sample: seconds of one measurement; a shorter call is repeated within it.
        rest: seconds before each measurement, so that threads of the side before, which spin for
            a moment when their work is done, sleep by then.
        settle: seconds of calls before each measurement. Two sides that each have threads of their
            own push them off the cores in turn, and the system takes a while to spread them again.
        at_least: rounds, whatever they take.
        at_most: rounds, however short.
    """

    budget: float
    sample: float = 0.02
    rest: float = 0.005
    settle: float = 0.0
    at_least: int = 3
    at_most: int = 15


FULL = Pace(budget=0.6)
QUICK = Pace(budget=0.25, sample=0.01, at_most=9)

# Of one call: a short one is warm when made once more, one of seconds is its own warm-up. Between
# them lies what takes new memory, which comes slowly at first, on virtual machines most of all.
_SHORT, _LONG = 0.02, 2.0  # seconds
_WARM_UP = 0.5  # seconds


@dataclass(frozen=True)
class Quartiles:
    """Median and quartiles of several measurements."""

    median: float
    q1: float
    q3: float


def quartiles(values: list[float]) -> Quartiles:
    """Of at least one value.

    >>> quartiles([4.0, 1.0, 2.0, 3.0, 5.0])
    Quartiles(median=3.0, q1=2.0, q3=4.0)
    """
    if len(values) == 1:
        return Quartiles(values[0], values[0], values[0])
    q1, _, q3 = quantiles(values, n=4, method="inclusive")
    return Quartiles(median(values), q1, q3)


@dataclass(frozen=True)
class Rounds:
    """Seconds per call of every side, one for each round."""

    seconds: Mapping[str, list[float]]

    def of(self, side: str) -> Quartiles:
        """Seconds per call of one side."""
        return quartiles(self.seconds[side])

    def ratio(self, other: str, ours: str) -> Quartiles:
        """How many times faster ours is: seconds of the other side over ours, round by round.

        Both halves of such a ratio were measured within a moment of each other, so that a slow
        spell of the machine falls on both.
        """
        pairs = zip(self.seconds[other], self.seconds[ours], strict=True)
        return quartiles([theirs / mine for theirs, mine in pairs])


def interleaved(calls: Mapping[str, Call], pace: Pace, first: Mapping[str, float]) -> Rounds:
    """Time every side in turn, as many rounds as the pace allows.

    Args:
        calls: side to what it does.
        pace: how long.
        first: seconds of each side's first call, which has been made already.
    """
    once = {side: _warm(call, first[side]) for side, call in calls.items()}
    repeats = {side: max(1, round(pace.sample / seconds)) for side, seconds in once.items()}
    before = {side: ceil(pace.settle / seconds) for side, seconds in once.items()}
    round_seconds = sum(once[side] * (before[side] + repeats[side]) + pace.rest for side in calls)
    rounds = min(max(int(pace.budget / round_seconds), pace.at_least), pace.at_most)
    seconds: dict[str, list[float]] = {side: [] for side in calls}
    for _ in range(rounds):
        for side, call in calls.items():
            time.sleep(pace.rest)
            for _ in range(before[side]):
                call()
            seconds[side].append(_per_call(call, repeats[side]))
    return Rounds(seconds)


def _warm(call: Call, first: float) -> float:
    """Call until the memory that it takes is at hand; the seconds of a call then, or nearly."""
    if first > _LONG:
        return first
    begin, last = time.perf_counter(), _per_call(call, 1)
    while last > _SHORT and time.perf_counter() - begin < _WARM_UP:
        last = _per_call(call, 1)
    return last


def _per_call(call: Call, repeats: int) -> float:
    begin = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - begin) / repeats
