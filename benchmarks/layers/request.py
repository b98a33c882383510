"""The options of `recurrences`: shapes, kinds of layers, numbers of threads, timing plan."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.layers import memory, timing
from benchmarks.layers.cases import KINDS, Case, full_grid, quick_grid
from benchmarks.layers.timing import TimingPlan
from gated.errors import UsageError
from gated.ops.recurrence import Kind

__all__ = ["LayersRequest"]


@dataclass(frozen=True)
class LayersRequest:
    """Options of the benchmark.

    Attributes:
        cases: the shapes that are timed, in this order.
        memory_cases: the shapes whose training memory is measured.
        kinds: the kinds whose streaming steps are timed.
        threads: numbers of threads, one run each.
        plan: how each cell is timed.
        grid: name of the set of shapes.
    """

    cases: Sequence[Case]
    memory_cases: Sequence[Case]
    kinds: Sequence[Kind]
    threads: Sequence[int]
    plan: TimingPlan
    grid: str

    @classmethod
    def of(cls, kinds: Sequence[str], threads: Sequence[int], *, quick: bool) -> "LayersRequest":
        """The full or the quick grid of some kinds.

        Raises:
            UsageError: a kind is unknown or given twice, or a number of threads is below 1.

        >>> len(LayersRequest.of(["gru"], [1], quick=True).cases)
        9
        """
        known = [kind for kind in KINDS if kind in kinds]
        if len(known) != len(kinds):
            raise UsageError(
                f"--kinds is {','.join(kinds)}. Expected some of {','.join(KINDS)}, each once."
            )
        if min(threads) < 1:
            raise UsageError(f"--threads is {min(threads)}. Expected 1 or more.")
        grid, memory_cases = (quick_grid, memory.QUICK) if quick else (full_grid, memory.FULL)
        return cls(
            cases=grid(known),
            memory_cases=[case for case in memory_cases if case.kind in known],
            kinds=known,
            threads=threads,
            plan=timing.QUICK if quick else timing.FULL,
            grid="quick" if quick else "full",
        )
