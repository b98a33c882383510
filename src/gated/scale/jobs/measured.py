"""Measures where the time of a task goes, and the memory of its process."""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

__all__ = ["STAGES", "Stopwatch", "TaskReport", "peak_megabytes"]

STAGES = ("read", "group", "forecast", "write")
"""The parts of a job whose time is measured."""


@dataclass
class Stopwatch:
    """Seconds of processor time of each stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        """Add the time of the block to a stage."""
        begin = time.process_time()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.process_time() - begin


@dataclass(frozen=True)
class TaskReport:
    """What a task did; all values are of JSON.

    Attributes:
        kind, number: of the task.
        rows: of the input.
        series: of a bucket.
        rejected: series of it without a forecast.
        seconds: processor time of each stage.
        peak_mb: the largest memory of the process so far.
        process: where it ran.
    """

    kind: str
    number: int
    rows: int = 0
    series: int = 0
    rejected: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    process: str = ""


def peak_megabytes() -> float:
    """The largest resident memory of this process so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
