"""Timed commands of the start-up. No figure is asserted."""

import json
import sys

import pytest

from benchmarks.speed import startup
from benchmarks.speed.startup import TimedCommand
from gated.errors import GatedError


def test_every_command_and_the_ratios_are_reported():
    statements = {"import gated": "import gated", "import torch": "import math"}  # fast instead
    commands = {name: TimedCommand.of_import(one) for name, one in statements.items()}
    report = json.loads(startup.run(2, commands).to_json())
    assert [row["what"] for row in report["starts"]] == list(commands)
    assert [row["what"] for row in report["ratios"]] == ["import gated ÷ import torch"]
    assert all(row["seconds"]["low"] >= 0 for row in report["starts"])


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ((sys.executable, "-c", "raise SystemExit('sorry')"), "sorry"),
        (("no-such-command-here",), "no such command"),
    ],
)
def test_a_command_that_fails_is_an_error_with_its_message(command, expected):
    with pytest.raises(GatedError, match=expected):
        TimedCommand(command).seconds()
