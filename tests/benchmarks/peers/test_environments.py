"""Environments of the libraries: missing and incomplete ones."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.peers.environments import Environment, require_environments
from benchmarks.peers.libraries import GATED
from gated.errors import GatedError, UsageError


def test_a_missing_environment_names_the_command_that_makes_it(tmp_path):
    with pytest.raises(UsageError, match=r"no environment of gated.*make peers.*--environments"):
        require_environments(tmp_path, [GATED])


def test_an_incomplete_environment_names_the_missing_library(monkeypatch, tmp_path):
    monkeypatch.setattr(Environment, "python", Path(sys.executable))
    incomplete = Environment(replace(GATED, name="no-such-library"), tmp_path)
    with pytest.raises(GatedError, match=r"is incomplete: .*no-such-library.*make peers"):
        incomplete.version()
