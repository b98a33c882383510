"""Times several implementations in turn, since the speed of a machine drifts."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from statistics import median, quantiles

__all__ = [
    "FULL",
    "QUICK",
    "Call",
    "Quartiles",
    "RoundTimings",
    "TimingPlan",
    "quartiles",
    "time_in_turns",
]

Call = Callable[[], object]


@dataclass(frozen=True)
class TimingPlan:
    """How long and how often each implementation is timed.

    Attributes:
        budget: seconds for all implementations together, unless `min_rounds` take longer.
        sample: seconds of one measurement; a shorter call is repeated within it.
        pause: seconds before each measurement. Threads of the previous implementation spin for a
            moment when their work is done; after the pause they sleep.
        warm_up: seconds of calls before each measurement. Two implementations with threads of
            their own displace each other's from the cores, and the system needs a while to
            distribute them again.
        min_rounds: number of rounds, even if they exceed the budget.
        max_rounds: number of rounds, even if the budget allows more.
    """

    budget: float
    sample: float = 0.02
    pause: float = 0.005
    warm_up: float = 0.0
    min_rounds: int = 3
    max_rounds: int = 15


FULL = TimingPlan(budget=0.6)
QUICK = TimingPlan(budget=0.25, sample=0.01, max_rounds=9)

# Seconds of one call. A call below _SHORT is warm after one more call, a call above _LONG has
# warmed itself up. Calls between them allocate memory, which is slow at first, above all on
# virtual machines: they are repeated for _WARM_UP seconds.
_SHORT, _LONG = 0.02, 2.0
_WARM_UP = 0.5


@dataclass(frozen=True)
class Quartiles:
    """Median and quartiles of several measurements."""

    median: float
    q1: float
    q3: float


def quartiles(values: list[float]) -> Quartiles:
    """The quartiles of one value or more.

    >>> quartiles([4.0, 1.0, 2.0, 3.0, 5.0])
    Quartiles(median=3.0, q1=2.0, q3=4.0)
    """
    if len(values) == 1:
        return Quartiles(values[0], values[0], values[0])
    q1, _, q3 = quantiles(values, n=4, method="inclusive")
    return Quartiles(median(values), q1, q3)


@dataclass(frozen=True)
class RoundTimings:
    """Seconds per call of every implementation, one value for each round."""

    seconds: Mapping[str, list[float]]

    def of(self, name: str) -> Quartiles:
        """Seconds per call of one implementation."""
        return quartiles(self.seconds[name])

    def ratio(self, other: str, ours: str) -> Quartiles:
        """Seconds of the other implementation ÷ seconds of ours, computed in each round.

        Both were measured within a moment of each other, so that a slow period of the machine
        affects both.
        """
        pairs = zip(self.seconds[other], self.seconds[ours], strict=True)
        return quartiles([theirs / mine for theirs, mine in pairs])


def time_in_turns(
    calls: Mapping[str, Call], plan: TimingPlan, first: Mapping[str, float]
) -> RoundTimings:
    """Time every implementation in turn, for as many rounds as the plan allows.

    Args:
        calls: name of an implementation to the call that is timed.
        plan: how long and how often.
        first: seconds of the first call of each, which the caller has made.
    """
    once = {name: _warm_up(call, first[name]) for name, call in calls.items()}
    repeats = {name: max(1, round(plan.sample / seconds)) for name, seconds in once.items()}
    before = {name: ceil(plan.warm_up / seconds) for name, seconds in once.items()}
    round_seconds = sum(once[name] * (before[name] + repeats[name]) + plan.pause for name in calls)
    rounds = min(max(int(plan.budget / round_seconds), plan.min_rounds), plan.max_rounds)
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            time.sleep(plan.pause)
            for _ in range(before[name]):
                call()
            seconds[name].append(_seconds_per_call(call, repeats[name]))
    return RoundTimings(seconds)


def _warm_up(call: Call, first: float) -> float:
    """Call until the memory of the call is allocated; return the seconds of the last call."""
    if first > _LONG:
        return first
    begin, last = time.perf_counter(), _seconds_per_call(call, 1)
    while last > _SHORT and time.perf_counter() - begin < _WARM_UP:
        last = _seconds_per_call(call, 1)
    return last


def _seconds_per_call(call: Call, repeats: int) -> float:
    begin = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - begin) / repeats
