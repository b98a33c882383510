"""Running a worker: its forecast, its failures, its time limit."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.common.measure import ROOT
from benchmarks.forecasting.scores import DECILES, Actuals
from benchmarks.peers.worker_process import read_forecast, run_worker
from tests.benchmarks.peers.examples import WORKING, two_series

INCOMPLETE = WORKING.replace(
    "np.repeat(last.to_numpy()", "np.repeat(last.where(last < 50).to_numpy()"
)
"""Its forecast of the second series is NaN."""


def test_a_forecast_is_returned_in_the_order_of_the_cut(make_job):
    cut = two_series()
    result = run_worker(cut, make_job(WORKING))
    assert result.failure == ""
    np.testing.assert_array_equal(result.forecast.points, [[7, 7], [107, 107]])
    np.testing.assert_allclose(result.forecast.deciles[0, 0], 7 + np.array(DECILES) - 0.5)
    low, high = result.forecast.intervals[95]
    np.testing.assert_allclose((low[1, 0], high[1, 0]), (106.525, 107.475))
    scores = result.forecast.scores(Actuals.of(cut))
    assert scores["mase"] == pytest.approx(1.5 / 4)  # errors 1 and 2; those of the naive are 4
    assert scores["coverage_80"] == 0.0
    assert result.cost["peak_mb"] > 0
    assert set(result.cost) == {"fit_seconds", "predict_seconds", "peak_mb"}


@pytest.mark.parametrize("uses_covariates", [True, False])
def test_a_worker_gets_covariates_only_where_it_may_use_them(make_job, uses_covariates):
    source = """
        import json, pathlib
        folder = pathlib.Path(sys.argv[1])
        files = [folder / "past.csv", folder / "future.csv"]
        heads = [file.read_text().splitlines()[0] for file in files]
        sys.exit(f"{json.loads((folder / 'job.json').read_text())['covariates']} {heads}")
    """
    result = run_worker(two_series(), make_job(source, uses_covariates=uses_covariates))
    if uses_covariates:
        expected = "['open'] ['unique_id,ds,y,open', 'unique_id,ds,open']"
    else:
        expected = "[] ['unique_id,ds,y', 'unique_id,ds']"
    assert result.failure == f"failed: {expected}"


def test_points_only_have_no_crps_and_no_coverage(tmp_path):
    cut = two_series()
    path = tmp_path / "forecast.npz"
    np.savez(path, ids=np.array(["b", "1"]), points=[[108.0, 109.0], [8.0, 10.0]])
    scores = read_forecast(path, cut).scores(Actuals.of(cut))
    assert scores["mase"] == pytest.approx(1 / 4 / 4)
    assert not {"crps", "coverage_80", "coverage_95"} & set(scores)


def test_a_missing_series_is_nan(tmp_path):
    path = tmp_path / "forecast.npz"
    np.savez(path, ids=np.array(["b"]), points=[[108.0, 109.0]])
    forecast = read_forecast(path, two_series())
    np.testing.assert_array_equal(forecast.points, [[np.nan, np.nan], [108, 109]])


@pytest.mark.parametrize(
    ("source", "failure"),
    [
        ("raise ValueError('no such\\nfrequency')", "failed: frequency"),
        ("sys.exit(3)", "failed: no error message"),
        ("pass", "ended without a forecast"),
        (INCOMPLETE, "no finite forecast of 1 of 2 series"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed by signal 9"),
    ],
)
def test_the_reason_of_a_failure_is_returned(make_job, source, failure):
    result = run_worker(two_series(), make_job(source))
    assert result.failure.startswith(failure)
    assert result.forecast is None
    assert result.cost == {}
    assert result.seconds > 0


def has_ended(pid):
    """Wait until a killed process has ended; a zombie has."""
    status = Path(f"/proc/{pid}/status")
    for _ in range(500):
        try:
            if "State:\tZ" in status.read_text():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


def test_a_worker_over_the_limit_is_killed_with_its_child_processes(make_job, tmp_path):
    pid_file = tmp_path / "pid"
    source = f"""
        import pathlib, subprocess, time
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        pathlib.Path({str(pid_file)!r}).write_text(str(child.pid))
        time.sleep(600)
    """
    result = run_worker(two_series(), make_job(source, limit=2.0))
    assert result.failure == "not done in 2 s"
    assert has_ended(int(pid_file.read_text()))


def test_a_worker_ends_with_a_terminated_benchmark(tmp_path):
    pid_file, worker = tmp_path / "pid", tmp_path / "sleeping_worker.py"
    worker.write_text(
        "import os, pathlib, time\n"
        f"part = pathlib.Path({str(tmp_path / 'part')!r})\n"
        "part.write_text(str(os.getpid()))\n"
        f"part.rename({str(pid_file)!r})\n"
        "time.sleep(600)\n"
    )
    code = (
        "import sys, pathlib\n"
        "from benchmarks.peers.worker_process import Job, run_worker\n"
        "from tests.benchmarks.peers.examples import two_series\n"
        f"job = Job(pathlib.Path({str(worker)!r}), pathlib.Path(sys.executable), 'last', {{}}, "
        "True, 0, 1, limit=600.0)\n"
        "run_worker(two_series(), job)\n"
    )
    benchmark = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        for _ in range(6000):
            if pid_file.exists() or benchmark.poll() is not None:
                break
            time.sleep(0.01)
        pid = int(pid_file.read_text())
    finally:
        benchmark.terminate()
        benchmark.wait()
    assert has_ended(pid)
