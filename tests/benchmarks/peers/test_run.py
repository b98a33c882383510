"""A run of two libraries, neither of which is installed."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers import libraries
from benchmarks.peers import run as peers_benchmark
from benchmarks.peers.environments import Environment
from benchmarks.peers.libraries import Configuration, Peer
from benchmarks.peers.run import PeersRequest
from gated.errors import DataError
from tests.benchmarks.peers.examples import WORKING, two_series


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
    monkeypatch.setattr(libraries, "GATED", peer("gated", WORKING))
    monkeypatch.setattr(Environment, "python", Path(sys.executable))
    monkeypatch.setattr(Environment, "installed_mb", lambda _: 12.0)
    monkeypatch.setattr(peers_benchmark, "_one_cut", lambda *_: two_series())
    return peer("numpy", "raise MemoryError('too small')")


@pytest.fixture
def request_of(data, failing_peer, tmp_path):
    return PeersRequest(("two",), data, (failing_peer,), tmp_path, threads=1, trial=True)


def test_a_failure_keeps_its_row_and_the_results_are_saved_after_each_method(request_of, capsys):
    saved = []
    results = peers_benchmark.run(request_of, saved.append)
    assert [len(one.methods) for one in saved] == [1, 2]
    ours, theirs = results.methods
    assert ours["method"] == "TRIAL gated"
    assert ours["covariates"] == "open"
    assert ours["mase"] == pytest.approx(1.5 / 4)
    assert theirs["outcome"] == "failed: MemoryError: too small"
    assert "mase" not in theirs
    assert theirs["process"] > 0
    assert [row["installed"] for row in results.libraries] == [12.0, 12.0]
    assert results.facts["trial"] is True
    [table] = results.tables
    assert table["data"] == "two"
    assert table["naive_mase"] == pytest.approx(1.0)  # all errors are 4, as those of the past
    assert "two: numpy, default" in capsys.readouterr().err


def test_a_continued_run_measures_only_what_is_missing(request_of):
    whole = peers_benchmark.run(request_of)
    part = replace(whole, methods=whole.methods[:1], libraries=whole.libraries[:1])
    saved = []
    continued = peers_benchmark.run(request_of, saved.append, lambda _: part)
    assert len(saved) == 1
    assert continued.libraries[0] == whole.libraries[0]
    assert [row["library"] for row in continued.libraries] == ["gated", "numpy"]
    assert continued.methods[0] == whole.methods[0]
    assert continued.methods[1]["outcome"] == whole.methods[1]["outcome"]


def test_a_table_that_seasonal_naive_forecasts_exactly_is_refused(request_of, monkeypatch):
    exact = replace(two_series(), y=np.array([[4.0, 5.0], [104.0, 105.0]]))
    monkeypatch.setattr(peers_benchmark, "_one_cut", lambda *_: exact)
    with pytest.raises(DataError, match=r"two: the seasonal naive forecast has a MASE of 0\.0"):
        peers_benchmark.run(request_of)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "Expected --data"),
        (["--data", "shop", "--saved", "results.json"], "Both --data and --saved"),
        (["--data", "shop", "--peers", "prophet"], "--peers is prophet"),
        (["--data", "shop,shop"], "Expected each data set once"),
        (["--data", "shop", "--append"], "--append is given without --out"),
        (["--data", "shop", "--environments", "nowhere"], "make peers"),
        (["--saved", "nowhere.json"], "cannot be read"),
    ],
)
def test_a_fault_of_the_user_is_one_message(call, arguments, expected):
    code, output, errors = call("peers", *arguments)
    assert (code, output) == (2, "")
    assert expected in errors
    assert "Traceback" not in errors
