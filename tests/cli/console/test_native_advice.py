"""The steps of installing the C++ recurrences."""

import json
import shlex
import sys
from importlib import metadata

import pytest

from gated.cli.console import native_advice
from gated.ops.cpu import extension


@pytest.fixture
def installed_from(monkeypatch):
    """Simulate an installation of gated from a source, as pip records it."""

    def note(direct_url):
        class Distribution:
            def read_text(self, name):
                assert name == "direct_url.json"
                return direct_url and json.dumps(direct_url)

        monkeypatch.setattr(native_advice.metadata, "distribution", lambda name: Distribution())

    return note


@pytest.mark.parametrize(
    ("direct_url", "origin"),
    [
        ({"url": "file:///a%20b/gated", "dir_info": {"editable": True}}, "--editable '/a b/gated'"),
        ({"url": "file:///src/gated", "dir_info": {}}, "/src/gated"),
        (
            {"url": "https://x.org/g.git", "vcs_info": {"vcs": "git", "commit_id": "1234abcd"}},
            "--no-cache-dir git+https://x.org/g.git@1234abcd",
        ),
        (
            {"url": "https://x.org/gated.tar.gz", "archive_info": {}},
            "--no-cache-dir https://x.org/gated.tar.gz",
        ),
        (None, "--no-cache-dir --no-binary=gated gated==0.1.0"),
    ],
)
def test_the_command_repeats_how_gated_was_installed(installed_from, direct_url, origin):
    installed_from(direct_url)
    pip = "-m pip install --force-reinstall --no-deps"
    assert native_advice.reinstall_command() == f"{shlex.quote(sys.executable)} {pip} {origin}"


def test_without_metadata_the_package_index_is_the_source(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(native_advice.metadata, "distribution", missing)
    assert native_advice.reinstall_command().endswith("gated==0.1.0")


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        ((), "Install a C++ compiler (Debian, Ubuntu: apt install g++;"),
        (("g++",), "The compiler g++ is installed."),
    ],
)
def test_the_compiler_comes_first(monkeypatch, here, expected):
    monkeypatch.setattr(native_advice.os, "name", "posix")
    monkeypatch.setattr(native_advice.shutil, "which", lambda name: name if name in here else None)
    first, command = native_advice.installation_steps()
    assert first.startswith(expected)
    assert command == f"GATED_REQUIRE_NATIVE=1 {native_advice.reinstall_command()}"


def test_windows_has_another_message(monkeypatch):
    monkeypatch.setattr(native_advice.os, "name", "nt")
    assert "WSL" in native_advice.installation_steps()[0]


@pytest.mark.parametrize(
    ("reason", "is_switched_off", "lines"),
    [(None, False, 0), ("switched off", True, 0), ("not built", False, 1)],
)
def test_one_note_if_the_recurrences_are_missing(monkeypatch, reason, is_switched_off, lines):
    monkeypatch.setattr(extension, "reason", lambda: reason)
    monkeypatch.setattr(extension, "is_switched_off", lambda: is_switched_off)
    assert len(native_advice.slow_path_notes()) == lines


def test_a_forecast_prints_the_note_once(forecast, gated, sales, monkeypatch):
    monkeypatch.setattr(extension, "reason", lambda: "not built")
    line = "without the C++ recurrences; `gated doctor`"
    fitted = forecast(sales, "--save", "kept.gated", "--out", "a.csv").stderr
    assert fitted.rstrip().splitlines()[-1].strip().count(line) == 1
    assert line not in forecast(sales, "--out", "b.csv", "--quiet").stderr
    assert line not in gated("forecast", sales, "--horizon", 7, "--model", "kept.gated").stderr
