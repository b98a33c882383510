"""Seconds and memory of a table of a million rows: read, forecast by the command, learned from."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import gated
from benchmarks.common.measure import ROOT, in_fresh_process, machine, peak_memory_mb, timed
from benchmarks.common.report import Column, Report, Sheet
from benchmarks.speed.predict_many import SAMPLE, Stage, make_table
from gated.errors import GatedError, UsageError
from gated.table import Table

__all__ = ["FORMATS", "Request", "run"]

FORMATS = ("parquet", "csv")

# `gated …` as it is, which leaves word of its peak memory in the file named first.
_COMMAND = """
import sys
from pathlib import Path
from gated.cli import main
note = Path(sys.argv.pop(1))
try:
    main()
finally:
    from benchmarks.common.measure import peak_memory_mb
    note.write_text(str(peak_memory_mb()))
"""


@dataclass(frozen=True)
class Request:
    """What is asked for: so many rows, shared evenly among the series.

    Raises:
        UsageError: the format is unknown, or a series would have fewer than two rows.
    """

    rows: int = 1_000_000
    series: int = 10_000
    format: str = "parquet"
    horizon: int = 28
    threads: int = 2
    steps: tuple[int, int] = (50, 500)

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise UsageError(f"--format is {self.format}. Expected one of {', '.join(FORMATS)}.")
        if self.rows < 2 * self.series:
            raise UsageError(
                f"--rows {self.rows} is too few for --series {self.series}. Expected at least 2 "
                "rows a series."
            )

    @property
    def length(self) -> int:
        """Steps of each series."""
        return self.rows // self.series


def run(request: Request) -> Report:
    """Write the table, then measure each use of it in a process of its own."""
    where = machine(request.threads)
    few, many = request.steps
    with tempfile.TemporaryDirectory() as folder:
        table, model = Path(folder) / f"large.{request.format}", Path(folder) / "m.gated"
        _tell("writing the table, fitting a small model")
        in_fresh_process(request.threads, _prepare, request, table, model)
        megabytes = table.stat().st_size / 1e6
        _tell("reading")
        libraries, reading, table_mb = in_fresh_process(request.threads, _read, table)
        _tell("gated forecast")
        forecasting = _forecast(request, table, model)
        _tell(f"learning for {few} steps, then for {many} in another process")
        learning = [
            in_fresh_process(request.threads, _fit, table, request.horizon, steps)
            for steps in (few, many)
        ]
    more = learning[1].peak_mb - learning[0].peak_mb
    return Report(
        benchmark="large_table",
        facts={
            "rows": request.series * request.length,
            "series": request.series,
            "format": request.format,
            "file_mb": round(megabytes),
            "horizon": request.horizon,
        },
        machine=where,
        sheets=[
            _stage_sheet([libraries, reading, forecasting, *learning]),
            Sheet(
                "memory",
                "Memory, MB",
                [Column("what", "what"), Column("mb", "MB", 0)],
                [
                    {"what": "the table itself, one copy", "mb": table_mb},
                    {
                        "what": "reading, beyond the libraries",
                        "mb": reading.peak_mb - libraries.peak_mb,
                    },
                    {"what": f"peak of {many} steps less that of {few}", "mb": more},
                ],
            ),
        ],
        notes=[
            f"The model was fitted on {min(SAMPLE, request.series)} of the series for a few steps: "
            "its size, and so its cost, is the default's, its forecasts are not worth reading.",
            "Each stage has a process of its own; its peak holds python and the libraries too. The "
            "command is timed from outside, start of the interpreter included.",
        ],
    )


def _tell(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


def _prepare(request: Request, path: Path, model: Path) -> None:
    frame = make_table(request.series, request.length)
    if request.format == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path, index=False)
    sample = make_table(min(SAMPLE, request.series), request.length)
    gated.Forecaster(h=request.horizon, max_steps=20, training="auto").fit(sample).save(model)


def _read(path: Path) -> tuple[Stage, Stage, float]:
    """The libraries alone; reading; and the bytes of what was read, in MB."""
    _, importing = timed(lambda: (gated.Forecaster, gated.read_table))
    libraries = Stage("import the libraries", importing, peak_memory_mb())
    table, seconds = timed(gated.read_table, path)
    return libraries, Stage("read the table", seconds, peak_memory_mb()), _megabytes(table)


def _megabytes(table: Table) -> float:
    arrays = (table.ds, table.y, table.covariates, table.offsets, table.ids)
    return sum(array.nbytes for array in arrays) / 1e6


def _forecast(request: Request, table: Path, model: Path) -> Stage:
    """`gated forecast` from its start to its end, with the model that is there."""
    note, out = table.with_name("peak.txt"), table.with_name("forecast.parquet")
    options = ["--model", model, "--horizon", request.horizon, "--out", out]
    command = [sys.executable, "-c", _COMMAND, note, "forecast", table, *options]
    begin = time.perf_counter()
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": str(request.threads)},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise GatedError(f"gated forecast ended with {done.returncode}: {done.stderr}")
    return Stage("gated forecast, end to end", seconds, float(note.read_text()))


def _fit(path: Path, h: int, steps: int) -> Stage:
    table = gated.read_table(path)
    _, seconds = timed(gated.Forecaster(h=h, max_steps=steps, training="auto").fit, table)
    return Stage(f"learn for {steps} steps", seconds, peak_memory_mb())


def _stage_sheet(stages: list[Stage]) -> Sheet:
    return Sheet(
        "stages",
        "Stages, each in a process of its own",
        [
            Column("stage", "stage"),
            Column("seconds", "seconds", 2),
            Column("peak", "peak memory, MB", 0),
        ],
        [{"stage": one.name, "seconds": one.seconds, "peak": one.peak_mb} for one in stages],
    )
