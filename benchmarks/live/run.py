"""Assembles the report of the benchmark `live`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.common.folders import data_folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Sheet
from benchmarks.live import answers, coverage, equality, speed
from gated.errors import UsageError

__all__ = ["PARTS", "LiveRequest", "run"]

PARTS = ("answers", "speed", "coverage", "equality")
_WITHOUT_DATA = PARTS[:3]
_NAMED = f"{', '.join(PARTS[:-1])} or {PARTS[-1]}"
_COMMAND_REPEATS = 7


@dataclass(frozen=True)
class LiveRequest:
    """Options of the benchmark.

    Attributes:
        part: one of `PARTS`; None for all that need no data sets.
        data_dir: folder of the data sets; None: the default.
        length: values of the long series.
        many: series that are updated at once.
        series: drawn series of each kind of shift.
        repeats: updates that are timed.
        threads: number of threads of the measured process.

    Raises:
        UsageError: the part is unknown.
    """

    part: str | None = None
    length: int = 10_000
    many: int = 1_000
    series: int = 10
    repeats: int = 30
    threads: int = 1
    data_dir: Path | None = None

    def __post_init__(self) -> None:
        if self.part is not None and self.part not in PARTS:
            raise UsageError(f"--part is {self.part}. Expected {_NAMED}.")


def run(request: LiveRequest) -> Report:
    """Measure the parts, each in a process of its own."""
    described = machine(request.threads)
    sheets: list[Sheet] = []
    measures = dict(zip(PARTS, (_answers, _speed, _coverage, _equality), strict=True))
    for part in _WITHOUT_DATA if request.part is None else (request.part,):
        sheets += measures[part](request)
    facts: dict[str, str | int | bool] = {"horizon": speed.H, "threads": request.threads}
    return Report("live", facts, described, sheets, _NOTES)


_NOTES = (
    "Milliseconds of live states are CPU time of one process: the lowest of all repeats, and the "
    "median. Commands and warm forecasts are timed by the clock.",
    "A value counts as covered by each of the 28 forecasts that were made for it; the 200 values "
    "after the shift are counted, those forecast before it too.",
    "Equality: the largest difference of any quantile of any step, in millionths of the standard "
    "deviation of its series, of its mean size, or of the largest value of its forecast. float64: "
    "the module of torch in float64.",
)


def _answers(request: LiveRequest) -> Sequence[Sheet]:
    show_progress("whole commands")
    commands = in_fresh_process(request.threads, answers.commands, _COMMAND_REPEATS)
    show_progress("warm forecasts")
    forecasts = in_fresh_process(request.threads, answers.forecasts, request.many, request.repeats)
    name = Column("what", "what")
    return (
        Sheet(
            "commands",
            "Whole processes",
            (name, Column("low", "lowest, s", 2), Column("middle", "median, s", 2)),
            commands,
        ),
        Sheet(
            "forecasts",
            "Warm forecasts: 512 hours, 48 ahead; of many series by predict: 200 days, 28 ahead",
            (name, Column("ms", "median, ms", 1), Column("rate", "series/s", 0)),
            forecasts,
        ),
        Sheet("sizes", "Installed", (name, Column("mb", "MB", 0)), answers.sizes()),
    )


def _speed(request: LiveRequest) -> Sequence[Sheet]:
    show_progress("one value after another")
    one = in_fresh_process(request.threads, speed.one_value, request.length, request.repeats)
    show_progress(f"{request.many:,} values at once")
    several = in_fresh_process(request.threads, speed.many_values, request.many, request.repeats)
    show_progress("states and the whole past")
    states = in_fresh_process(request.threads, speed.states, request.length)
    name = Column("what", "what")
    return (
        Sheet(
            "one_value",
            f"One new value of one daily series, forecast of {speed.H} steps, by past values",
            (name, Column("low", "lowest, ms", 2), Column("middle", "median, ms", 2)),
            one,
        ),
        Sheet(
            "many_values",
            f"One new value of each of {request.many:,} series at once, update only",
            (name, Column("rate", "values/s", 0), Column("ms", "lowest, ms", 2)),
            several,
        ),
        Sheet(
            "states",
            f"States of one series after {request.length:,} values; difference from predict",
            (
                name,
                Column("rows", "steps kept"),
                Column("bytes", "bytes saved"),
                Column("difference", "largest difference ÷ std", 9),
            ),
            states,
        ),
    )


def _coverage(request: LiveRequest) -> Sequence[Sheet]:
    show_progress(f"shifts of {request.series} series of each kind")
    rows, flagged = in_fresh_process(request.threads, coverage.measure, request.series)
    name = Column("what", "what")
    return (
        Sheet(
            "coverage",
            "Coverage of 80 % intervals, %, before and after the shift of each kind",
            (
                name,
                Column("before", "before", 1),
                Column("after", "200 values after", 1),
                Column("step1", "1 step ahead", 1),
                Column("step28", "28 steps ahead", 1),
                Column("width", "width, after ÷ before", 2),
            ),
            rows,
        ),
        Sheet(
            "flags",
            "Values flagged as unlikely (probability below 0.001), per thousand",
            (name, Column("usual", "usual values", 1), Column("odd", "spikes of 8 std", 0)),
            flagged,
        ),
    )


def _equality(request: LiveRequest) -> Sequence[Sheet]:
    folder = data_folder(request.data_dir)
    rows = in_fresh_process(request.threads, equality.measure, folder)
    return (
        Sheet(
            "equality",
            "The shipped network on NumPy, and as a module of torch: largest difference",
            (
                Column("what", "table"),
                Column("h", "steps"),
                Column("windows", "windows"),
                Column("spread", "NumPy − torch, 10⁻⁶ std", 2),
                Column("size", "10⁻⁶ mean size", 2),
                Column("forecast", "10⁻⁶ forecast", 2),
                Column("numpy", "NumPy − float64, 10⁻⁶ std", 2),
                Column("torch", "torch − float64, 10⁻⁶ std", 2),
            ),
            rows,
        ),
    )
