"""A closed stdout and no folder for temporary files: it works, or one sentence says what helps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="streams are closed as in POSIX")

ENTRY = "from gated.cli import main\nmain()\n"


def run_closed(program: str, *arguments: object) -> tuple[int, str]:
    """Run a program with stdout closed: (exit code, stderr)."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stderr


def test_a_closed_stdout_is_refused_where_the_result_goes_there(sales: Path) -> None:
    code, said = run_closed(ENTRY, "forecast", sales, "--horizon", "3")
    assert code == 2
    assert said.startswith("Error: stdout is closed (`>&-`), and the result would be written to it")
    assert "--out" in said


def test_a_closed_stdout_does_not_matter_with_out(sales: Path, tmp_path: Path) -> None:
    code, said = run_closed(ENTRY, "forecast", sales, "--horizon", "3", "--out", "f.csv")
    assert code == 0, said
    assert (tmp_path / "f.csv").read_text().startswith("unique_id,ds,gated")


def test_no_file_takes_the_place_of_a_closed_stdout() -> None:
    program = (
        "import os, sys\nimport gated.cli\n"
        "gated.cli._occupy_closed_streams()\n"
        "sys.exit(os.open(os.devnull, os.O_RDONLY) > 2)\n"
    )
    assert run_closed(program)[0] == 1


def test_a_forecast_needs_no_temporary_folder(sales: Path) -> None:
    program = (
        "import sys, tempfile\n"
        "tempfile._candidate_tempdir_list = lambda: ['/nowhere']\n"
        f"sys.argv = ['gated', 'forecast', {str(sales)!r}, '--horizon', '3']\n{ENTRY}"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 4


def test_a_missing_file_is_still_our_fault(monkeypatch, gated, sales: Path) -> None:
    def missing(*_: object) -> None:
        raise FileNotFoundError("weights")

    monkeypatch.setattr("gated.cli.commands.forecast.run", missing)
    result = gated("forecast", sales, "--horizon", "3")
    assert isinstance(result.exception, FileNotFoundError)
