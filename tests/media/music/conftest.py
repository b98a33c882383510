"""Fixtures of the tests of music."""

import sys

import pytest


@pytest.fixture
def no_symusic(monkeypatch):
    """As where it is not installed."""
    monkeypatch.setitem(sys.modules, "symusic", None)
