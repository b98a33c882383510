"""The Pythons that build a wheel, and the Pythons that use it."""

import sys

import pytest

from release.pythons import Python, builders, find


def test_the_running_python_is_found():
    found, absent = find([sys.executable, "a-python-that-nobody-built"])
    assert found == [Python(sys.version_info[:2], sys.executable)]
    assert absent == ["a-python-that-nobody-built"]


def test_a_python_that_does_not_run_is_absent(tmp_path):
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    assert find([str(shim)]) == ([], [str(shim)])


@pytest.mark.parametrize(
    ("minors", "expected"),
    [
        ([11], {11: [11]}),
        ([12], {12: [12]}),
        ([13, 14], {13: [13, 14]}),
        ([11, 12, 13, 14], {11: [11], 12: [12, 13, 14]}),
        ([], {}),
    ],
)
def test_later_pythons_share_a_wheel(minors, expected):
    pythons = [Python((3, minor), f"python3.{minor}") for minor in minors]
    found = builders(pythons)
    assert {by.version[1]: [p.version[1] for p in users] for by, users in found.items()} == expected
