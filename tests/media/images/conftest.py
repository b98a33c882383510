"""Fixtures of the tests of images."""

import sys

import pytest


@pytest.fixture
def no_pillow(monkeypatch):
    """As where it is not installed."""
    monkeypatch.setitem(sys.modules, "PIL", None)
