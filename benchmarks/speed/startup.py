"""Seconds of `import gated` and of `gated --version`, each in a new interpreter."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.common.measure import machine, timed
from benchmarks.common.report import Column, Report, Sheet, spread
from gated.errors import GatedError

__all__ = ["COMMANDS", "TimedCommand", "run"]


@dataclass(frozen=True)
class TimedCommand:
    """A command that is timed in a new process.

    Attributes:
        command: program and arguments.
        prints_seconds: whether it prints its own seconds; if not, the whole process is timed.
    """

    command: tuple[str, ...]
    prints_seconds: bool = False

    @classmethod
    def of_import(cls, statement: str, python: str = sys.executable) -> "TimedCommand":
        """A new interpreter that times one statement and prints its seconds."""
        begin, end = "import time; begin = time.perf_counter()", "time.perf_counter() - begin"
        return cls((python, "-c", f"{begin}; {statement}; print({end})"), True)

    def seconds(self) -> float:
        """The seconds of one run.

        Raises:
            GatedError: the command does not exist, or it failed.
        """
        shown = " ".join(self.command)
        try:
            done, whole_process = timed(
                subprocess.run, self.command, capture_output=True, text=True, check=True
            )
        except FileNotFoundError as error:
            message = f"{shown}: there is no such command. Install the package first."
            raise GatedError(message) from error
        except subprocess.CalledProcessError as error:
            raise GatedError(
                f"{shown} failed, so that it cannot be timed. Expected exit code 0. Correct this "
                f"error first:\n{error.stderr.strip()}"
            ) from error
        return float(done.stdout) if self.prints_seconds else whole_process


COMMANDS: Mapping[str, TimedCommand] = {
    "import gated": TimedCommand.of_import("import gated"),
    "gated.Forecaster": TimedCommand.of_import("import gated; gated.Forecaster"),
    "import torch": TimedCommand.of_import("import torch"),
    "import pandas": TimedCommand.of_import("import pandas"),
    "gated --version": TimedCommand((str(Path(sys.executable).with_name("gated")), "--version")),
    "python -c pass": TimedCommand((sys.executable, "-c", "pass")),
}
"""Name in the table to the timed command."""

_RATIOS = (
    ("import gated", "import torch"),
    ("gated.Forecaster", "import torch"),
    ("gated --version", "python -c pass"),
)


def run(repeats: int, commands: Mapping[str, TimedCommand] = COMMANDS) -> Report:
    """Time all commands in turn, `repeats` times after one round that is not counted.

    Raises:
        GatedError: a command failed.
    """
    described = machine(threads=None)
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(1 + repeats):
        for name, command in commands.items():
            measured = command.seconds()
            if number > 0:  # the first run reads its files from disk
                seconds[name].append(measured)
    return Report(
        benchmark="startup",
        facts={"repeats": repeats},
        machine=described,
        sheets=_sheets(seconds),
        notes=[f"Of {repeats} new interpreters each: the median, the lowest and the highest."],
    )


def _sheets(seconds: Mapping[str, Sequence[float]]) -> list[Sheet]:
    middle = {name: median(runs) for name, runs in seconds.items()}
    ratios = Sheet(
        "ratios",
        "Ratios of the medians: below 1, the first is faster",
        [Column("what", "what"), Column("ratio", "ratio")],
        [
            {"what": f"{ours} ÷ {other}", "ratio": middle[ours] / middle[other]}
            for ours, other in _RATIOS
            if ours in middle and other in middle
        ],
    )
    medians = Sheet(
        "starts",
        "Seconds: of an import, of the statement; of a command, of its whole process",
        [Column("what", "what"), Column("seconds", "seconds")],
        [{"what": name, "seconds": spread(runs)} for name, runs in seconds.items()],
    )
    return [ratios, medians]
