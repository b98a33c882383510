"""Runs one method in a process of its library's environment, and reads its forecast and costs."""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd

from benchmarks.common.measure import THREAD_VARIABLES, timed
from benchmarks.forecasting.data.cut import Cut
from benchmarks.forecasting.scores import DECILES, LEVELS, CutForecast
from benchmarks.peers.frequency import frequency
from gated.arrays import FloatArray

__all__ = ["Job", "Script", "WorkerResult", "read_forecast", "run_script", "run_worker"]


@dataclass(frozen=True)
class Script:
    """A worker, and how it is started.

    Attributes:
        worker: path of its script, whose argument is a folder.
        python: the interpreter of its environment.
        threads: that it may use.
        limit: seconds after which it is stopped.
    """

    worker: Path
    python: Path
    threads: int
    limit: float


def run_script(script: Script, folder: Path) -> str:
    """Run a worker in a folder; return the reason of a failure in words, or ""."""
    with (folder / "errors.txt").open("w+", encoding="utf-8") as errors:
        return _run(folder, script, errors)


@dataclass(frozen=True)
class Job:
    """The forecast that a worker must make, and how it is started.

    Attributes:
        worker: path of its script.
        python: the interpreter of its environment.
        method, settings: see `benchmarks.peers.libraries.Configuration`.
        uses_covariates: whether the worker gets the covariates.
        seed, threads: of the run.
        limit: seconds after which the worker is stopped.
    """

    worker: Path
    python: Path
    method: str
    settings: dict[str, object]
    uses_covariates: bool
    seed: int
    threads: int
    limit: float


@dataclass(frozen=True)
class WorkerResult:
    """The forecast and costs of a worker, or the reason of its failure.

    Attributes:
        forecast: in the order of the cut's series; None after a failure.
        cost: fit_seconds, predict_seconds, peak_mb.
        seconds: wall-clock time of the process, from its start to its end.
        failure: the reason in words; "" if there is a forecast.
    """

    forecast: CutForecast | None
    cost: dict[str, float]
    seconds: float
    failure: str = ""


def run_worker(cut: Cut, job: Job) -> WorkerResult:
    """Write the job, run the worker within the limit, read its files."""
    with tempfile.TemporaryDirectory(prefix="gated-peer-") as name:
        folder = Path(name)
        _write_job(folder, cut, job)
        script = Script(job.worker, job.python, job.threads, job.limit)
        failure, seconds = timed(run_script, script, folder)
        if not failure and not (folder / "cost.json").is_file():
            failure = "ended without a forecast"
        if failure:
            return WorkerResult(None, {}, seconds, failure)
        forecast = read_forecast(folder / "forecast.npz", cut)
        if missing := int((~np.isfinite(forecast.points)).any(axis=1).sum()):
            failure = f"no finite forecast of {missing:,} of {len(cut.ids):,} series"
            return WorkerResult(None, {}, seconds, failure)
        cost = json.loads((folder / "cost.json").read_text(encoding="utf-8"))
        return WorkerResult(forecast, cost, seconds)


def read_forecast(path: Path, cut: Cut) -> CutForecast:
    """A worker's forecast in the order of the cut's series; NaN for a missing series."""
    with np.load(path) as arrays:
        rows = pd.Index(arrays["ids"]).get_indexer(pd.Index(cut.ids.astype(str)))

        def in_order(name: str) -> FloatArray:
            values = np.asarray(arrays[name], dtype=np.float64)
            missing = (rows < 0).reshape(-1, *[1] * (values.ndim - 1))
            return np.where(missing, np.nan, values[rows])

        deciles = in_order("deciles") if "deciles" in arrays else None
        intervals = {
            level: (in_order(f"lo_{level}"), in_order(f"hi_{level}"))
            for level in LEVELS
            if f"lo_{level}" in arrays
        }
        return CutForecast(in_order("points"), deciles, intervals or None)


def _write_job(folder: Path, cut: Cut, job: Job) -> None:
    content = {
        "h": cut.h,
        "season_length": cut.season_length,
        "freq": frequency(cut),
        "levels": LEVELS,
        "deciles": DECILES,
        "covariates": cut.covariates if job.uses_covariates else (),
        "method": job.method,
        "settings": job.settings,
        "seed": job.seed,
        "threads": job.threads,
    }
    (folder / "job.json").write_text(json.dumps(content), encoding="utf-8")
    dropped = [] if job.uses_covariates else list(cut.covariates)
    cut.past.drop(columns=dropped).to_csv(folder / "past.csv", index=False)
    cut.future.drop(columns=dropped).to_csv(folder / "future.csv", index=False)


def _run(folder: Path, script: Script, errors: IO[str]) -> str:
    """Run the worker in the folder; return the reason of a failure, or ""."""
    process = subprocess.Popen(
        [script.python, script.worker, folder],
        cwd=folder,  # libraries write logs into the working directory
        env=_environment(script.threads),
        stdout=subprocess.DEVNULL,
        stderr=errors,
        start_new_session=True,  # so that its child processes are killed with it
    )
    try:
        with _terminated_as_interrupted():
            code = process.wait(script.limit)
    except subprocess.TimeoutExpired:
        return f"not done in {script.limit:,.0f} s"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code < 0:
        return f"killed by signal {-code}, most often because memory ran out"
    return f"failed: {_last_line(errors)}" if code else ""


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Inside the block, SIGTERM, as `timeout` sends it, raises KeyboardInterrupt.

    Without it this process would end at once, and its worker would run on, beside later ones.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _last_line(errors: IO[str]) -> str:
    errors.seek(0)
    lines = [line.strip() for line in errors.read().splitlines() if line.strip()]
    return lines[-1] if lines else "no error message"


def _environment(threads: int) -> dict[str, str]:
    """The environment variables of this process, without those that name our Python packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | dict.fromkeys(THREAD_VARIABLES, str(threads))
