"""Where the benchmarks find their data, and their terminal."""

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
    """Run the terminal with these words: exit code, output, errors."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["benchmarks", *words])
        with pytest.raises(SystemExit) as ended:
            terminal.main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run
