"""One method at work: a process in its library's environment, its forecast, what it cost."""

import json
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd

from benchmarks.common.measure import THREAD_VARIABLES
from benchmarks.forecasting.data.cut import Cut
from benchmarks.forecasting.scores import DECILES, LEVELS, Answer
from benchmarks.peers.frequency import frequency
from gated.arrays import FloatArray

__all__ = ["Actuals", "Work", "read_answer", "run_worker"]


@dataclass(frozen=True)
class Work:
    """What a worker is to do.

    Attributes:
        worker: its script.
        python: the interpreter of its environment.
        method, settings: see `benchmarks.peers.libraries.Configuration`.
        uses_covariates: whether it is told what is known ahead.
        seed, threads: of the run.
        limit: seconds after which it is ended.
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
class Actuals:
    """What came of it: an answer with its costs, or the reason why there is none.

    Attributes:
        answer: in the order of the cut's series.
        cost: fit_seconds, predict_seconds, peak_mb.
        failure: a sentence; "" where there is an answer.
    """

    answer: Answer | None
    cost: dict[str, float]
    failure: str = ""


def run_worker(cut: Cut, work: Work) -> Actuals:
    """Write the task, let the worker do it within the limit, read what it left."""
    with tempfile.TemporaryDirectory(prefix="gated-peer-") as name:
        folder = Path(name)
        _write_task(folder, cut, work)
        with (folder / "errors.txt").open("w+", encoding="utf-8") as errors:
            failure = _run(folder, work, errors)
            if failure:
                return Actuals(None, {}, failure)
            if not (folder / "cost.json").is_file():
                return Actuals(None, {}, "ended without a forecast")
        cost = json.loads((folder / "cost.json").read_text(encoding="utf-8"))
        return Actuals(read_answer(folder / "forecast.npz", cut), cost)


def read_answer(path: Path, cut: Cut) -> Answer:
    """A worker's forecast in the order of the cut's series; NaN for one that is missing."""
    with np.load(path) as arrays:
        rows = pd.Index(arrays["ids"]).get_indexer(pd.Index(cut.ids.astype(str)))

        def of_the_cut(name: str) -> FloatArray:
            values = np.asarray(arrays[name], dtype=np.float64)
            missing = (rows < 0).reshape(-1, *[1] * (values.ndim - 1))
            return np.where(missing, np.nan, values[rows])

        deciles = of_the_cut("deciles") if "deciles" in arrays else None
        intervals = {
            level: (of_the_cut(f"lo_{level}"), of_the_cut(f"hi_{level}"))
            for level in LEVELS
            if f"lo_{level}" in arrays
        }
        return Answer(of_the_cut("points"), deciles, intervals or None)


def _write_task(folder: Path, cut: Cut, work: Work) -> None:
    task = {
        "h": cut.h,
        "season_length": cut.season_length,
        "freq": frequency(cut),
        "levels": LEVELS,
        "deciles": DECILES,
        "covariates": cut.covariates if work.uses_covariates else (),
        "method": work.method,
        "settings": work.settings,
        "seed": work.seed,
        "threads": work.threads,
    }
    (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
    hidden = [] if work.uses_covariates else list(cut.covariates)
    cut.past.drop(columns=hidden).to_csv(folder / "past.csv", index=False)
    cut.future.drop(columns=hidden).to_csv(folder / "future.csv", index=False)


def _run(folder: Path, work: Work, errors: IO[str]) -> str:
    """Run the worker in the folder: "" where it succeeds, else what is to be said."""
    process = subprocess.Popen(
        [work.python, work.worker, folder],
        cwd=folder,  # for the logs that libraries leave
        env=_environment(work.threads),
        stdout=subprocess.DEVNULL,
        stderr=errors,
        start_new_session=True,  # so that the processes it starts end with it
    )
    try:
        code = process.wait(work.limit)
    except subprocess.TimeoutExpired:
        return f"not done in {work.limit:,.0f} s"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code < 0:
        return f"ended by signal {-code}, most often for want of memory"
    return f"failed: {_last_line(errors)}" if code else ""


def _last_line(errors: IO[str]) -> str:
    errors.seek(0)
    lines = [line.strip() for line in errors.read().splitlines() if line.strip()]
    return lines[-1] if lines else "it did not say why"


def _environment(threads: int) -> dict[str, str]:
    """Ours, less what would lead to our packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | dict.fromkeys(THREAD_VARIABLES, str(threads))
