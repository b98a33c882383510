"""Seconds until something can be done: imports and `gated --version`, each in a new interpreter."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.common.measure import machine, timed
from benchmarks.common.report import Column, Report, Sheet, spread
from gated.errors import GatedError

__all__ = ["STARTS", "Start", "run"]


@dataclass(frozen=True)
class Start:
    """Something to start in a new process.

    Attributes:
        command: what is run.
        prints_seconds: whether it prints the seconds that count; if not, all of it counts.
    """

    command: tuple[str, ...]
    prints_seconds: bool = False

    @classmethod
    def of_import(cls, statement: str, python: str = sys.executable) -> "Start":
        """A new interpreter that times one statement."""
        begin, end = "import time; begin = time.perf_counter()", "time.perf_counter() - begin"
        return cls((python, "-c", f"{begin}; {statement}; print({end})"), True)

    def seconds(self) -> float:
        """Start it once.

        Raises:
            GatedError: it is missing or fails.
        """
        shown = " ".join(self.command)
        try:
            done, whole = timed(
                subprocess.run, self.command, capture_output=True, text=True, check=True
            )
        except FileNotFoundError as error:
            message = f"{shown}: there is no such command. Install the package first."
            raise GatedError(message) from error
        except subprocess.CalledProcessError as error:
            raise GatedError(f"{shown} failed:\n{error.stderr.strip()}") from error
        return float(done.stdout) if self.prints_seconds else whole


STARTS: Mapping[str, Start] = {
    "import gated": Start.of_import("import gated"),
    "gated.Forecaster": Start.of_import("import gated; gated.Forecaster"),
    "import torch": Start.of_import("import torch"),
    "import pandas": Start.of_import("import pandas"),
    "gated --version": Start((str(Path(sys.executable).with_name("gated")), "--version")),
    "python -c pass": Start((sys.executable, "-c", "pass")),
}
"""Name in the table to what is started."""

_RATIOS = (
    ("import gated", "import torch"),
    ("gated.Forecaster", "import torch"),
    ("gated --version", "python -c pass"),
)


def run(repeats: int, starts: Mapping[str, Start] = STARTS) -> Report:
    """Start everything `repeats` times in turn, after one start that is not counted.

    Raises:
        GatedError: a command fails.
    """
    where = machine(threads=None)
    seconds: dict[str, list[float]] = {name: [] for name in starts}
    for turn in range(1 + repeats):
        for name, start in starts.items():
            taken = start.seconds()
            if turn > 0:  # the first start reads its files from a cold disk
                seconds[name].append(taken)
    return Report(
        benchmark="startup",
        facts={"repeats": repeats},
        machine=where,
        sheets=_sheets(seconds),
        notes=[f"Of {repeats} new interpreters each: the median, the lowest and the highest."],
    )


def _sheets(seconds: Mapping[str, Sequence[float]]) -> list[Sheet]:
    middle = {name: median(runs) for name, runs in seconds.items()}
    ratios = Sheet(
        "ratios",
        "Ratios of the medians: below 1, the first is sooner there",
        [Column("what", "what"), Column("ratio", "ratio")],
        [
            {"what": f"{ours} ÷ {other}", "ratio": middle[ours] / middle[other]}
            for ours, other in _RATIOS
            if ours in middle and other in middle
        ],
    )
    starts = Sheet(
        "starts",
        "Seconds: of an import, the statement; of a command, all of its process",
        [Column("what", "what"), Column("seconds", "seconds")],
        [{"what": name, "seconds": spread(runs)} for name, runs in seconds.items()],
    )
    return [ratios, starts]
