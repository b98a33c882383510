"""The checkpoint of a training is kept until the last file is written."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gated.cli.commands.forecasting.forecast import output
from gated.cli.console.progress import ProgressBar
from gated.errors import GatedError
from gated.forecast import Forecaster
from gated.forecast.validation.validation import Validation

pytestmark = pytest.mark.usefixtures("tiny_network")

STEPS = ("--horizon", "7", "--max-steps", "6", "--training", "scratch")
CHECKPOINT = "sales.gated-checkpoint"


@pytest.fixture
def uninterrupted(gated, sales, tmp_path) -> str:
    """The forecast of the same command without an interruption."""
    text = str(gated("forecast", sales, *STEPS).stdout)
    assert [path.name for path in tmp_path.iterdir()] == ["sales.csv"]
    return text


def pressed_in(owner: type, method: str, monkeypatch: pytest.MonkeyPatch, presses: int) -> None:
    """Press Ctrl-C at each call of a method."""
    original = getattr(owner, method)

    def pressing(self: object, *rest: object, **named: object) -> object:
        for _ in range(presses):
            os.kill(os.getpid(), signal.SIGINT)
        return original(self, *rest, **named)

    monkeypatch.setattr(owner, method, pressing)


@pytest.mark.parametrize("presses", [1, 2])
@pytest.mark.parametrize(
    ("owner", "method"),
    [(Validation, "validated"), (Forecaster, "forecast"), (Forecaster, "save")],
)
def test_ctrl_c_after_the_training(
    gated, sales, tmp_path, monkeypatch, uninterrupted, owner, method, presses
) -> None:
    with monkeypatch.context() as patched:
        pressed_in(owner, method, patched, presses)
        result = gated("forecast", sales, *STEPS, "--out", "f.csv", "--save", "m.gated")
    assert result.exit_code == 130
    assert result.stdout == ""
    assert f"Interrupted. {CHECKPOINT} holds the training so far; to resume it:" in result.stderr
    assert (tmp_path / CHECKPOINT).exists()
    if method != "save":  # the writing of the files is ended
        assert not (tmp_path / "f.csv").exists()
        assert not (tmp_path / "m.gated").exists()
    again = gated("forecast", sales, *STEPS)
    assert again.exit_code == 0
    assert "Resumed  " in again.stderr
    assert again.stdout == uninterrupted
    assert not (tmp_path / CHECKPOINT).exists()


def test_a_full_disk_for_the_model(gated, sales, tmp_path, monkeypatch, uninterrupted) -> None:
    """The forecast is written, the error is printed, and the checkpoint contains the training."""

    def fails(self: Forecaster, path: Path) -> None:
        raise GatedError(f"{path}: cannot be written: {os.strerror(errno.ENOSPC)}.")

    with monkeypatch.context() as patched:
        patched.setattr(Forecaster, "save", fails)
        result = gated("forecast", sales, *STEPS, "--out", "f.csv", "--save", "m.gated")
    assert result.exit_code == 2
    assert (tmp_path / "f.csv").read_text() == uninterrupted
    assert "Written  f.csv: 7 rows" in result.stderr
    assert "Saved" not in result.stderr
    assert "Error: m.gated: cannot be written: No space left on device." in result.stderr
    assert f"{CHECKPOINT} holds the training so far; to resume it:" in result.stderr
    again = gated("forecast", sales, *STEPS, "--out", "f.csv", "--save", "m.gated")
    assert again.exit_code == 0
    assert f"Resumed  {CHECKPOINT}: its training was complete." in again.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.csv", "m.gated", "sales.csv"]


def test_an_unexpected_error_keeps_the_checkpoint(gated, sales, tmp_path, monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(output, "shares", fails)
        result = gated("forecast", sales, *STEPS)
    assert isinstance(result.exception, ZeroDivisionError)
    assert (tmp_path / CHECKPOINT).exists()


def test_a_command_without_training_keeps_the_checkpoint_of_another(gated, sales, tmp_path) -> None:
    (tmp_path / CHECKPOINT).write_bytes(b"of another run")
    assert gated("forecast", sales, "--horizon", "7", "--training", "none").exit_code == 0
    assert (tmp_path / CHECKPOINT).read_bytes() == b"of another run"


@pytest.mark.skipif(os.name == "nt", reason="processes are killed as in POSIX")
def test_a_killed_command_keeps_the_old_results(gated, sales, tmp_path) -> None:
    """No new model is left with an old forecast: all files get their names together."""
    names = ("f.csv", "m.gated", "r.html")
    options = ("--out", "f.csv", "--save", "m.gated", "--report", "r.html")
    for name in names:
        (tmp_path / name).write_text("earlier")
    program = (
        "import os, signal, gated.files\n"
        "gated.files._Part.rename = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from gated.cli import main\nmain()\n"
    )
    command = [sys.executable, "-c", program, "forecast", sales.name, *STEPS, *options]
    assert subprocess.run(command, check=False, timeout=120).returncode == -signal.SIGKILL
    assert all((tmp_path / name).read_text() == "earlier" for name in names)
    assert len(list(tmp_path.glob(".*.gated-part"))) == len(names)

    assert gated("forecast", sales, *STEPS, *options).exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == [*names, "sales.csv"]
    assert all((tmp_path / name).read_bytes() != b"earlier" for name in names)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="the system has no such signals")
class TestEndingSignals:
    @pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
    def test_act_as_ctrl_c(
        self, gated, sales, tmp_path, monkeypatch, uninterrupted, number, code
    ) -> None:
        def follow(self: ProgressBar, stage: str, step: object) -> None:
            os.kill(os.getpid(), number)

        with monkeypatch.context() as patched:
            patched.setattr(ProgressBar, "step", follow)
            result = gated("forecast", sales, *STEPS)
        assert result.exit_code == code
        assert f"Interrupted. {CHECKPOINT} holds the training so far" in result.stderr
        again = gated("forecast", sales, *STEPS)
        assert "Resumed  " in again.stderr
        assert again.stdout == uninterrupted

    def test_sigterm_in_a_process_of_its_own(self, sales, tmp_path) -> None:
        command = [sys.executable, "-c", "from gated.cli import main; main()", "forecast"]
        options = ["--horizon", "7", "--max-steps", "2000", "--training", "scratch"]
        process = subprocess.Popen(
            [*command, sales.name, *options],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        message = line = process.stderr.readline()
        while not line.lstrip().startswith("frequency"):
            message += (line := process.stderr.readline())
            assert line, f"it ended before the training: {message}"
        process.terminate()
        _, message = process.communicate(timeout=60)
        assert process.returncode == 143, message
        assert (tmp_path / CHECKPOINT).exists()
