"""What is asked for: which cases, how many threads, how long."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.layers import memory, timing
from benchmarks.layers.cases import KINDS, Case, full_grid, quick_grid
from benchmarks.layers.timing import Pace
from gated.errors import UsageError
from gated.ops.recurrence import Kind

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        cases: what is timed, in this order.
        memory_cases: of which the memory of training is measured.
        kinds: whose streams are timed.
        threads: one run each.
        pace: how long each cell is measured.
        grid: a name for the cases.
    """

    cases: Sequence[Case]
    memory_cases: Sequence[Case]
    kinds: Sequence[Kind]
    threads: Sequence[int]
    pace: Pace
    grid: str

    @classmethod
    def of(cls, kinds: Sequence[str], threads: Sequence[int], *, quick: bool) -> "Request":
        """The full or the quick grid of some kinds.

        Raises:
            UsageError: a kind is unknown or given twice, or no thread is to work.

        >>> len(Request.of(["gru"], [1], quick=True).cases)
        9
        """
        known = [kind for kind in KINDS if kind in kinds]
        if len(known) != len(kinds):
            raise UsageError(
                f"--kinds is {','.join(kinds)}. Expected some of {','.join(KINDS)}, each once."
            )
        if min(threads) < 1:
            raise UsageError(f"--threads is {min(threads)}. Expected 1 or more.")
        grid, peaks = (quick_grid, memory.QUICK) if quick else (full_grid, memory.FULL)
        return cls(
            cases=grid(known),
            memory_cases=[case for case in peaks if case.kind in known],
            kinds=known,
            threads=threads,
            pace=timing.QUICK if quick else timing.FULL,
            grid="quick" if quick else "full",
        )
