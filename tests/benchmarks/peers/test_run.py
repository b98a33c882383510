"""A run of two libraries, neither of which is installed."""

import sys
from pathlib import Path

import pytest

from benchmarks.peers import libraries
from benchmarks.peers import run as peers_benchmark
from benchmarks.peers.environments import Environment
from benchmarks.peers.libraries import Configuration, Peer
from benchmarks.peers.run import PeersRequest
from tests.benchmarks.peers.example_workers import WORKING, two_series


@pytest.fixture
def failing_peer(monkeypatch, tmp_path, make_job):
    """A library whose worker fails; the worker of gated is replaced by one that works."""

    def peer(name, source):
        script = make_job(source).worker
        script.rename(tmp_path / f"{name}_worker.py")
        configuration = Configuration("last", "default", name, "example")
        return Peer(name, "import json", (configuration,), {})

    monkeypatch.setattr(libraries, "FOLDER", tmp_path)
    (tmp_path / "workers").symlink_to(tmp_path)
    monkeypatch.setattr(peers_benchmark, "GATED", peer("gated", WORKING))
    monkeypatch.setattr(Environment, "python", Path(sys.executable))
    monkeypatch.setattr(Environment, "installed_mb", lambda _: 12.0)
    monkeypatch.setattr(peers_benchmark, "_one_cut", lambda _: two_series())
    return peer("numpy", "raise MemoryError('too small')")


def test_a_failure_keeps_its_row_and_the_report_is_saved_after_each_method(
    failing_peer, data, tmp_path, capsys
):
    request = PeersRequest("two", data, (failing_peer,), tmp_path, threads=1, trial=True)
    saved = []
    report = peers_benchmark.run(request, saved.append)
    assert [len(one.sheets[0].rows) for one in saved] == [1, 2]
    ours, theirs = report.sheets[0].rows
    assert ours["method"] == "TRIAL gated"
    assert ours["mase_ratio"] == 1.0
    assert ours["covariates"] == "open"
    assert theirs["outcome"] == "failed: MemoryError: too small"
    assert "mase" not in theirs
    assert report.sheets[1].rows[1]["installed"] == 12.0
    assert report.facts["trial"] is True
    assert any("TRIAL" in note for note in report.notes)
    assert "running numpy, default" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "Expected --data"),
        (["--data", "shop", "--saved", "results.json"], "Both --data and --saved"),
        (["--data", "shop", "--peers", "prophet"], "--peers is prophet"),
        (["--data", "shop", "--environments", "nowhere"], "make peers"),
        (["--saved", "nowhere.json"], "cannot be read"),
    ],
)
def test_a_fault_of_the_user_is_one_message(call, arguments, expected):
    code, output, errors = call("peers", *arguments)
    assert (code, output) == (2, "")
    assert expected in errors
    assert "Traceback" not in errors
