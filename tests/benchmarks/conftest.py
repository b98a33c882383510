"""Fixtures of the benchmarks' tests: the data folders and the terminal."""

import sys

import pytest

from benchmarks import __main__ as terminal
from benchmarks.common.folders import anchors_folder, data_folder


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
