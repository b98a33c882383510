"""A closed stdout, or no folder for temporary files: the command works or prints a remedy."""

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


def test_a_closed_stdout_is_an_error_if_the_result_goes_there(sales: Path) -> None:
    code, message = run_closed(ENTRY, "forecast", sales, "--horizon", "3")
    assert code == 2
    assert message.startswith(
        "Error: stdout is closed (`>&-`), and the result would be written to it"
    )
    assert "--out" in message


def test_a_closed_stdout_is_allowed_with_out(sales: Path, tmp_path: Path) -> None:
    code, message = run_closed(ENTRY, "forecast", sales, "--horizon", "3", "--out", "f.csv")
    assert code == 0, message
    assert (tmp_path / "f.csv").read_text().startswith("unique_id,ds,gated")


def test_no_file_takes_the_place_of_a_closed_stdout() -> None:
    program = (
        "import os, sys\nimport gated.cli\n"
        "gated.cli._occupy_closed_streams()\n"
        "sys.exit(os.open(os.devnull, os.O_RDONLY) > 2)\n"
    )
    assert run_closed(program)[0] == 1


def run_without_temporary_folder(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `gated …` where no folder for temporary files can be written."""
    program = f"import tempfile\ntempfile._candidate_tempdir_list = lambda: ['/nowhere']\n{ENTRY}"
    # A test before may have loaded torch's compiler, which leaves its cache's folder here.
    environment = {k: v for k, v in os.environ.items() if k != "TORCHINDUCTOR_CACHE_DIR"}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=environment,
    )


def test_a_forecast_needs_no_temporary_folder(sales: Path) -> None:
    done = run_without_temporary_folder("forecast", str(sales), "--horizon", "3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 4


def test_without_a_temporary_folder_the_error_names_tmpdir(sales: Path) -> None:
    training = ("--training", "scratch", "--max-steps", "1")
    done = run_without_temporary_folder("forecast", str(sales), "--horizon", "3", *training)
    assert done.returncode == 2, done.stderr
    said = done.stderr[done.stderr.index("Error: ") :]
    assert said.startswith("Error: No folder for temporary files can be written")
    assert "Set TMPDIR" in said
    assert "Traceback" not in said


def test_another_missing_file_is_an_unexpected_error(monkeypatch, gated, sales: Path) -> None:
    def missing(*_: object) -> None:
        raise FileNotFoundError("weights")

    monkeypatch.setattr("gated.cli.commands.forecasting.forecast.command.run", missing)
    result = gated("forecast", sales, "--horizon", "3")
    assert isinstance(result.exception, FileNotFoundError)
