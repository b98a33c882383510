"""Seconds and memory of a large table: reading, `gated forecast`, training."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import gated
from benchmarks.common.measure import (
    ROOT,
    in_fresh_process,
    machine,
    peak_memory_mb,
    show_progress,
    timed,
)
from benchmarks.common.report import Column, Report, Sheet
from benchmarks.speed.predict_many import Stage, make_table
from gated.errors import GatedError, UsageError
from gated.table import Table

__all__ = ["FORMATS", "LargeTableRequest", "run"]

FORMATS = ("parquet", "csv")
_FITTED_SERIES = 50  # the number of series that the model is fitted to

# The command `gated`; its peak memory is written to the file that the first argument names.
_COMMAND = """
import sys
from pathlib import Path
from gated.cli import main
peak_file = Path(sys.argv.pop(1))
try:
    main()
finally:
    from benchmarks.common.measure import peak_memory_mb
    peak_file.write_text(str(peak_memory_mb()))
"""


@dataclass(frozen=True)
class LargeTableRequest:
    """Options of the benchmark.

    Attributes:
        rows: of the table; every series has the same number.
        series: number of series.
        format: "parquet" or "csv".
        horizon: steps to forecast.
        threads: number of threads of each measured process.
        steps: training steps of two fits, of which the peak memory is compared.

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
                f"--rows {self.rows} is too few for --series {self.series}. Expected 2 rows for "
                "each series at least; give more rows or fewer series."
            )

    @property
    def length(self) -> int:
        """Steps of each series."""
        return self.rows // self.series


def run(request: LargeTableRequest) -> Report:
    """Write the table, then measure each use of it in a new process.

    Raises:
        GatedError: `gated forecast` failed, or a process was killed.
    """
    described = machine(request.threads)
    few, many = request.steps
    with tempfile.TemporaryDirectory() as folder:
        table, model = Path(folder) / f"large.{request.format}", Path(folder) / "m.gated"
        show_progress("writing the table, fitting a model")
        in_fresh_process(request.threads, _prepare, request, table, model)
        megabytes = table.stat().st_size / 1e6
        show_progress("reading")
        libraries, reading, table_mb = in_fresh_process(request.threads, _read, table)
        show_progress("gated forecast")
        forecasting = _forecast(request, table, model)
        show_progress(f"training for {few} steps, then for {many} in another process")
        training = [
            in_fresh_process(request.threads, _fit, table, request.horizon, steps)
            for steps in (few, many)
        ]
    difference = training[1].peak_mb - training[0].peak_mb
    return Report(
        benchmark="large_table",
        facts={
            "rows": request.series * request.length,
            "series": request.series,
            "format": request.format,
            "file_mb": round(megabytes),
            "horizon": request.horizon,
        },
        machine=described,
        sheets=[
            _stage_sheet([libraries, reading, forecasting, *training]),
            Sheet(
                "memory",
                "Memory, MB",
                [Column("what", "what"), Column("mb", "MB", 0)],
                [
                    {"what": "one copy of the table", "mb": table_mb},
                    {
                        "what": "reading, beyond the libraries",
                        "mb": reading.peak_mb - libraries.peak_mb,
                    },
                    {"what": f"peak of {many} steps minus peak of {few}", "mb": difference},
                ],
            ),
        ],
        notes=[
            f"The model was fitted to {min(_FITTED_SERIES, request.series)} of the series for a "
            "few steps: its size, and therefore its cost, is that of the default; its accuracy is "
            "not.",
            "Each stage runs in a new process; its peak memory includes Python and the libraries. "
            "The command is timed from outside, start of the interpreter included.",
        ],
    )


def _prepare(request: LargeTableRequest, path: Path, model: Path) -> None:
    """Write the table, and save a model that is fitted to a few of its series."""
    frame = make_table(request.series, request.length)
    if request.format == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path, index=False)
    few = make_table(min(_FITTED_SERIES, request.series), request.length)
    gated.Forecaster(h=request.horizon, max_steps=20, training="auto").fit(few).save(model)


def _read(path: Path) -> tuple[Stage, Stage, float]:
    """Importing the libraries, reading the table, and the size of the table in MB."""
    _, importing = timed(lambda: (gated.Forecaster, gated.read_table))
    libraries = Stage("import the libraries", importing, peak_memory_mb())
    table, seconds = timed(gated.read_table, path)
    return libraries, Stage("read the table", seconds, peak_memory_mb()), _megabytes(table)


def _megabytes(table: Table) -> float:
    arrays = (table.ds, table.y, table.covariates, table.offsets, table.ids)
    return sum(array.nbytes for array in arrays) / 1e6


def _forecast(request: LargeTableRequest, table: Path, model: Path) -> Stage:
    """`gated forecast` with the saved model, from its start to its end."""
    peak_file, out = table.with_name("peak.txt"), table.with_name("forecast.parquet")
    options = ["--model", model, "--horizon", request.horizon, "--out", out]
    command = [sys.executable, "-c", _COMMAND, peak_file, "forecast", table, *options]
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
        raise GatedError(
            f"`gated forecast` ended with exit code {done.returncode}. Expected 0. Correct this "
            f"error first:\n{done.stderr.strip()}"
        )
    return Stage("gated forecast, start to end", seconds, float(peak_file.read_text()))


def _fit(path: Path, h: int, steps: int) -> Stage:
    table = gated.read_table(path)
    _, seconds = timed(gated.Forecaster(h=h, max_steps=steps, training="auto").fit, table)
    return Stage(f"train for {steps} steps", seconds, peak_memory_mb())


def _stage_sheet(stages: list[Stage]) -> Sheet:
    return Sheet(
        "stages",
        "Stages, each in a new process",
        [
            Column("stage", "stage"),
            Column("seconds", "seconds", 2),
            Column("peak", "peak memory, MB", 0),
        ],
        [{"stage": one.name, "seconds": one.seconds, "peak": one.peak_mb} for one in stages],
    )
