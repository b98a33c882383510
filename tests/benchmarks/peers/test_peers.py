"""The comparison with other libraries, none of which is needed here. No time is asserted."""

import json
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecasting.data.cut import Panel, cut
from benchmarks.forecasting.scores import DECILES, Truth
from benchmarks.peers import libraries
from benchmarks.peers import run as peers_run
from benchmarks.peers.environments import Environment, require
from benchmarks.peers.frequency import calendar, frequency
from benchmarks.peers.libraries import GATED, PEERS, Configuration, Peer, chosen
from benchmarks.peers.time_limit import Limit
from benchmarks.peers.worker_process import Work, read_answer, run_worker
from gated.errors import DataError, GatedError, UsageError

WORKERS = libraries.FOLDER / "workers"

HONEST = """
    import numpy as np
    from workbench import Forecast, run

    def fit(task):
        return task.past.groupby("unique_id", sort=False)["y"].last()

    def predict(task, last):
        ids = list(last.index)[::-1]  # in another order than the table's
        points = np.repeat(last.to_numpy()[::-1, None], task.h, axis=1)
        spread = np.array(task.quantiles) - 0.5
        return Forecast.of_quantiles(task, ids, points[..., None] + spread)

    run(fit, predict)
"""


def two_series(ds=None, covariates=("open",)):
    """Series "1" counts 0 to 9, "b" from 100 on; two steps are held out."""
    steps = np.tile(np.arange(10), 2) if ds is None else np.tile(ds, 2)
    y = np.concatenate([np.arange(10.0), np.arange(100.0, 110.0)])
    known_ahead = np.ones((20, len(covariates)))
    ids = np.array(["1", "b"], dtype=object)
    return cut(Panel("two", 2, ids, np.array([0, 10, 20]), steps, y, known_ahead, covariates, 4))


@pytest.fixture
def work(tmp_path):
    """Make work of a worker's text, done by this interpreter."""

    def make(text, **changes):
        worker = tmp_path / "some_worker.py"
        worker.write_text(
            f"import sys; sys.path.insert(0, {str(WORKERS)!r})\n" + textwrap.dedent(text)
        )
        given = Work(worker, Path(sys.executable), "last", {}, True, 0, 1, limit=60.0)
        return replace(given, **changes)

    return make


def test_peers_are_chosen_by_name():
    assert [peer.name for peer in chosen(",".join(PEERS))] == list(PEERS)


@pytest.mark.parametrize("names", ["darts,prophet", "darts,darts", ""])
def test_an_unknown_peer_lists_the_known_ones(names):
    with pytest.raises(UsageError, match=r"--peers is .*neuralforecast,darts"):
        chosen(names)


@pytest.mark.parametrize("peer", [GATED, *PEERS.values()], ids=lambda peer: peer.name)
def test_every_peer_has_a_worker_requirements_and_settings_that_json_can_say(peer):
    assert peer.worker.is_file()
    assert peer.requirements.is_file()
    compile(peer.worker.read_text(encoding="utf-8"), str(peer.worker), "exec")
    names = [(one.title, one.name) for one in peer.configurations]
    assert len(set(names)) == len(names)
    for configuration in peer.configurations:
        assert configuration.source
        json.dumps({**configuration.settings(two_series()), **peer.trial})


def test_the_anchor_is_of_hourly_data_only():
    hourly = replace(two_series(), season_length=24)
    names = {
        season: [one.name for one in PEERS["neuralforecast"].of(given)]
        for season, given in ((24, hourly), (4, two_series()))
    }
    assert names == {24: ["default", "recommended", "anchor"], 4: ["default", "recommended"]}


def test_only_gateds_own_worker_may_know_this_project():
    for path in WORKERS.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "import benchmarks" not in text
        assert "from benchmarks" not in text
        assert "import gated" not in text or path.name == "gated_worker.py"


def test_frequency_is_pandas_name_or_one_for_numbered_steps():
    days = pd.date_range("2024-01-01", periods=10, freq="D").to_numpy()
    assert frequency(two_series(days)) == calendar(two_series(days)) == "D"
    numbered = two_series()
    assert frequency(numbered) == 1
    assert calendar(numbered) == "QS"  # a season of four steps


def test_dates_without_a_frequency_are_refused():
    days = pd.to_datetime([f"2024-01-{n:02d}" for n in (1, 2, 4, 8, 9, 11, 12, 19, 20, 21)])
    with pytest.raises(DataError, match="finds no frequency"):
        frequency(two_series(days.to_numpy()))


def test_a_worker_forecasts_and_its_rows_are_put_in_order(work):
    given = two_series()
    outcome = run_worker(given, work(HONEST))
    assert outcome.failure == ""
    np.testing.assert_array_equal(outcome.answer.points, [[7, 7], [107, 107]])
    np.testing.assert_allclose(outcome.answer.deciles[0, 0], 7 + np.array(DECILES) - 0.5)
    low, high = outcome.answer.intervals[95]
    np.testing.assert_allclose((low[1, 0], high[1, 0]), (106.525, 107.475))
    scores = outcome.answer.scores(Truth.of(given))
    assert scores["mase"] == pytest.approx(1.5 / 4)  # errs by 1 and 2, the naive by 4
    assert scores["coverage_80"] == 0.0
    assert outcome.cost["peak_mb"] > 0
    assert set(outcome.cost) == {"fit_seconds", "predict_seconds", "peak_mb"}


@pytest.mark.parametrize("told", [True, False])
def test_a_worker_sees_the_covariates_only_where_it_is_told(work, told):
    text = """
        import json, pathlib
        folder = pathlib.Path(sys.argv[1])
        files = [folder / "past.csv", folder / "future.csv"]
        heads = [file.read_text().splitlines()[0] for file in files]
        sys.exit(f"{json.loads((folder / 'task.json').read_text())['covariates']} {heads}")
    """
    outcome = run_worker(two_series(), work(text, uses_covariates=told))
    if told:
        expected = "['open'] ['unique_id,ds,y,open', 'unique_id,ds,open']"
    else:
        expected = "[] ['unique_id,ds,y', 'unique_id,ds']"
    assert outcome.failure == f"failed: {expected}"


def test_points_alone_have_no_crps_and_no_coverage(tmp_path):
    given = two_series()
    path = tmp_path / "forecast.npz"
    np.savez(path, ids=np.array(["b", "1"]), points=[[108.0, 109.0], [8.0, 10.0]])
    answer = read_answer(path, given)
    scores = answer.scores(Truth.of(given))
    assert scores["mase"] == pytest.approx(1 / 4 / 4)
    assert not {"crps", "coverage_80", "coverage_95"} & set(scores)


def test_a_series_that_is_missing_is_nan(tmp_path):
    path = tmp_path / "forecast.npz"
    np.savez(path, ids=np.array(["b"]), points=[[108.0, 109.0]])
    np.testing.assert_array_equal(
        read_answer(path, two_series()).points, [[np.nan, np.nan], [108, 109]]
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise ValueError('no such\\nfrequency')", "failed: frequency"),
        ("sys.exit(3)", "failed: it did not say why"),
        ("pass", "ended without a forecast"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended by signal 9"),
    ],
)
def test_a_worker_that_fails_says_how(work, text, said):
    outcome = run_worker(two_series(), work(text))
    assert outcome.failure.startswith(said)
    assert outcome.answer is None
    assert outcome.cost == {}


def is_ended(pid):
    """Wait for a process that was killed; one that its new parent has not buried is ended."""
    status = Path(f"/proc/{pid}/status")
    for _ in range(500):
        try:
            if "State:\tZ" in status.read_text():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(
    "text", ["", "soon", "0", "inf", "nan", "400,darts", "darts=", "prophet=9"]
)
def test_a_limit_that_is_none_is_refused(text):
    with pytest.raises(UsageError, match="--limit"):
        Limit.read(text)


def test_each_peer_has_its_own_limit():
    limit = Limit.read("darts=240,400")
    assert [limit.for_peer(name) for name in ("gated", "darts")] == [400, 240]
    assert str(limit) == "400, darts 240"


def test_a_worker_over_the_limit_is_ended_with_the_processes_it_started(work, tmp_path):
    mark = tmp_path / "pid"
    text = f"""
        import pathlib, subprocess, time
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        pathlib.Path({str(mark)!r}).write_text(str(child.pid))
        time.sleep(600)
    """
    outcome = run_worker(two_series(), work(text, limit=2.0))
    assert outcome.failure == "not done in 2 s"
    assert is_ended(int(mark.read_text()))


@pytest.fixture
def strangers(monkeypatch, tmp_path, work):
    """Two libraries of this very environment: one does its work, one does not."""

    def stranger(name, text):
        script = work(text).worker
        script.rename(tmp_path / f"{name}_worker.py")
        configuration = Configuration("last", "default", name, "made up")
        return Peer(name, "import json", (configuration,), {})

    monkeypatch.setattr(libraries, "FOLDER", tmp_path)
    (tmp_path / "workers").symlink_to(tmp_path)
    both = stranger("gated", HONEST), stranger("numpy", "raise MemoryError('too small')")
    monkeypatch.setattr(peers_run, "GATED", both[0])
    monkeypatch.setattr(Environment, "python", Path(sys.executable))
    monkeypatch.setattr(Environment, "installed_mb", lambda _: 12.0)
    monkeypatch.setattr(peers_run, "_one_cut", lambda _: two_series())
    return both


def test_a_run_keeps_what_failed_and_hands_out_what_there_is(strangers, data, tmp_path, capsys):
    request = peers_run.Request("two", data, (strangers[1],), tmp_path, threads=1, trial=True)
    kept = []
    report = peers_run.run(request, kept.append)
    assert [len(one.sheets[0].rows) for one in kept] == [1, 2]
    ours, theirs = report.sheets[0].rows
    assert ours["method"] == "TRIAL gated"
    assert ours["mase_ratio"] == 1.0
    assert ours["covariates"] == "open"
    assert theirs["outcome"] == "failed: MemoryError: too small"
    assert "mase" not in theirs
    assert report.sheets[1].rows[1]["installed"] == 12.0
    assert report.facts["trial"] is True
    assert any("TRIAL" in note for note in report.notes)
    assert "at work" in capsys.readouterr().err


def test_an_environment_that_is_missing_says_how_to_make_it(tmp_path):
    with pytest.raises(UsageError, match=r"no environment of gated.*make peers.*--environments"):
        require(tmp_path, [GATED])


def test_an_environment_that_is_not_whole_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(Environment, "python", Path(sys.executable))
    broken = Environment(replace(GATED, name="no-such-library"), tmp_path)
    with pytest.raises(GatedError, match=r"is not whole: .*no-such-library.*make peers"):
        broken.version()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "either --data"),
        (["--data", "shop", "--saved", "results.json"], "either --data"),
        (["--data", "shop", "--peers", "prophet"], "--peers is prophet"),
        (["--data", "shop", "--environments", "nowhere"], "make peers"),
        (["--saved", "nowhere.json"], "cannot be read"),
    ],
)
def test_a_fault_of_the_call_of_peers_is_one_sentence(call, words, expected):
    code, said, errors = call("peers", *words)
    assert (code, said) == (2, "")
    assert expected in errors
    assert "Traceback" not in errors


def test_the_makefile_knows_every_peer():
    text = (libraries.FOLDER.parents[1] / "Makefile").read_text(encoding="utf-8")
    [names] = [line for line in text.splitlines() if line.startswith("PEER_NAMES :=")]
    assert names.split()[2:] == [GATED.name, *PEERS]


def test_the_workbench_needs_nothing_of_ours():
    """As in a library's own environment, where only numpy and pandas are sure to be."""
    code = (
        "import sys, workbench; print(sorted({'gated', 'benchmarks', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=WORKERS,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
