"""Fixtures of the benchmarks' tests: the data folders and the terminal."""

import multiprocessing
import sys

import pytest

from benchmarks import __main__ as terminal
from benchmarks.common import measure
from benchmarks.common.folders import anchors_folder, data_folder


@pytest.fixture(autouse=True)
def forked(monkeypatch):
    """Fork what is measured from a process that has the libraries: to import them takes seconds."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        multiprocessing.set_forkserver_preload(["gated.forecast.forecaster", "torch._dynamo"])
        monkeypatch.setattr(measure, "_START", "forkserver")


@pytest.fixture
def data():
    """The folder of data sets."""
    return data_folder(None)


@pytest.fixture
def anchors():
    """The folder of published figures."""
    return anchors_folder(None)


@pytest.fixture
def call(monkeypatch, capsys):
    """Run the terminal with these arguments: exit code, stdout, stderr."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
        with pytest.raises(SystemExit) as ended:
            terminal.main()
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return run
