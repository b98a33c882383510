"""Fixtures of the tests of sound."""

import sys

import pytest


@pytest.fixture
def no_soundfile(monkeypatch):
    """As where it is not installed."""
    monkeypatch.setitem(sys.modules, "soundfile", None)
