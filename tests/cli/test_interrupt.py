"""Ctrl-C leaves no incomplete file, and the same command resumes to the same bits."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gated.cli.console.progress import ProgressBar
from tests.cli.conftest import TINY_NETWORK
from tests.forecast.conftest import keeping_training

pytestmark = pytest.mark.usefixtures("tiny_network")
STEPS = ("--horizon", "7", "--max-steps", "40", "--training", "scratch")


@pytest.fixture
def press_at(monkeypatch):
    """Press Ctrl-C during a given step of a given stage."""

    def press(stage, step):
        def follow(self, at_stage, at):
            if (at_stage, at.step) == (stage, step):
                os.kill(os.getpid(), signal.SIGINT)

        monkeypatch.setattr(ProgressBar, "step", follow)

    return press


@pytest.fixture
def kept() -> Iterator[None]:
    """Keep the trained network: one that is worse than no training has no final stage."""
    with keeping_training():
        yield


@pytest.mark.parametrize(("stage", "step"), [("scratch", 1), ("scratch", 7), ("finish", 1)])
def test_resumes_to_the_same_bits(gated, sales, tmp_path, press_at, kept, stage, step):
    uninterrupted = gated("forecast", sales, *STEPS).stdout

    press_at(stage, step)
    result = gated("forecast", sales, *STEPS)
    assert result.exit_code == 130
    assert result.stdout == ""
    assert "Interrupted. sales.gated-checkpoint holds the training so far" in result.stderr
    assert result.stderr.endswith(
        f"\n  gated forecast {sales} --horizon 7 --max-steps 40 --training scratch\n"
    )

    press_at("never", 0)
    result = gated("forecast", sales, *STEPS)
    assert f"Resumed  sales.gated-checkpoint at step {step + 1} of " in result.stderr
    assert result.stdout == uninterrupted
    assert [path.name for path in tmp_path.iterdir()] == ["sales.csv"]


def test_the_checkpoint_is_in_the_folder_of_the_result(gated, sales, tmp_path, press_at):
    (tmp_path / "results").mkdir()
    press_at("scratch", 2)
    gated("forecast", sales, *STEPS, "--out", "results/f.csv")
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["sales.gated-checkpoint"]


@pytest.mark.parametrize("option", ["--checkpoint", "--resume"])
def test_the_checkpoint_can_be_named(gated, sales, tmp_path, press_at, option):
    press_at("scratch", 2)
    gated("forecast", sales, *STEPS, option, "half.done")
    assert (tmp_path / "half.done").exists()
    press_at("never", 0)
    assert "Resumed  half.done" in gated("forecast", sales, *STEPS, option, "half.done").stderr


def test_a_checkpoint_of_something_else_is_kept(gated, sales, tmp_path, press_at):
    press_at("scratch", 2)
    gated("forecast", sales, *STEPS)
    result = gated("forecast", sales, *STEPS, "--seed", "1")
    assert result.exit_code == 2
    assert "this checkpoint belongs to other data or settings" in result.stderr
    assert (tmp_path / "sales.gated-checkpoint").exists()


def test_sigint_in_a_process_of_its_own(sales):
    program = (
        "from gated import Forecaster\n"
        f"Forecaster.__init__.__kwdefaults__.update({TINY_NETWORK})\n"
        "from gated.cli import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", program]
    command += ["forecast", sales.name, "--horizon", "7", "--max-steps", "2000"]
    command += ["--training", "scratch"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    while not (line := process.stderr.readline()).lstrip().startswith("frequency"):
        assert line, "it ended before the training"
    process.send_signal(signal.SIGINT)
    output, message = process.communicate(timeout=60)
    assert process.returncode == 130
    assert output == ""
    assert message.startswith("Interrupted. sales.gated-checkpoint holds the training so far")
    assert Path("sales.gated-checkpoint").exists()


def test_ctrl_c_ends_the_wait_for_a_pipe_without_a_writer(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    process = subprocess.Popen(
        [sys.executable, "-c", "from gated.cli import main; main()", "read", "pipe"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "Waiting until another program has written pipe" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (130, "", "Interrupted.\n")
