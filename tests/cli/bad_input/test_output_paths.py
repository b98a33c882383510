"""Outputs that cannot be written: nothing is lost or left behind."""

import errno
import os
import sys
from pathlib import Path

import pytest

from gated.cli.output.stdout import to_stdout
from gated.errors import GatedError
from tests.cli.bad_input.messages import error_of


@pytest.mark.parametrize(
    ("out", "expected"),
    [
        ("f.xlsx", 'the suffix ".xlsx" is unknown'),
        ("f", "the name has no suffix"),
        ("f.cvs", "Did you mean f.csv?"),
        ("none/f.csv", "there is no folder none."),
        (".", "--out . is a folder."),
        ("sales.csv", "--out sales.csv would overwrite the table"),
    ],
)
def test_out(forecast, sales, tmp_path, out, expected):
    before = sales.read_bytes()
    assert expected in error_of(forecast(sales, "--out", out))
    assert [path.name for path in tmp_path.iterdir()] == ["sales.csv"]
    assert sales.read_bytes() == before


def test_two_outputs_in_one_file(forecast, sales):
    message = error_of(forecast(sales, "--out", "f.csv", "--save", "f.csv"))
    assert message == "Error: --save f.csv would overwrite --out. Choose another name."


def test_a_closed_folder(forecast, sales, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    assert "no permission to write" in error_of(forecast(sales, "--out", "f.csv"))


@pytest.mark.parametrize("option", [("--out", "f.csv"), ("--save", "f.csv")])
@pytest.mark.parametrize("training", ["none", "scratch"])
def test_a_full_disk_leaves_nothing_behind_and_the_forecast_on_stdout(
    forecast, sales, tmp_path, monkeypatch, tiny_network, option, training
):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "f.csv").write_text("earlier")
    monkeypatch.setattr(os, "fsync", full)
    steps = () if training == "none" else ("--max-steps", 2)
    result = forecast(sales, *option, "--training", training, *steps)
    assert result.exit_code == 2
    assert result.stdout.startswith("unique_id,ds,gated")
    assert result.stdout.count("\n") == 8
    message = result.stderr[result.stderr.index("Error: ") :]
    assert "f.csv: cannot be written: No space left on device." in message
    unkept = "sales.gated-checkpoint: cannot be written: No space left on device."
    assert (unkept in message) == (training != "none")  # else there is no work to be kept
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f.csv", "sales.csv"]
    assert (tmp_path / "f.csv").read_text() == "earlier"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
def test_stdout_leads_to_a_full_disk(monkeypatch):
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(GatedError, match=r"stdout: No space left on device.*--out"):
            to_stdout(b"unique_id,ds,gated\n" * 10_000)
