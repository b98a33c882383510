"""Fixtures of the tests of adapters: the examples of the guide."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.adapters.guide import wrong_outputs


@pytest.fixture
def check_guide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Runs the examples of a section of docs/guide/adapters.md and compares their outputs.

    `GATED_ACCEPT=1` writes the actual outputs into the page.
    """

    def check(heading: str) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "80")
        for wrong in wrong_outputs(heading, accept=os.environ.get("GATED_ACCEPT") == "1"):
            assert wrong.found == wrong.expected

    return check
