"""`gated train`, `gated classify` and `gated show`: a folder of recordings, and new files."""

import json
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from typer.testing import CliRunner

from gated.cli.app import app
from gated.media.audio import write_recording

RATE = 8_000


def _tone(hertz: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    steps = np.arange(1_600 + 80 * (seed % 5))
    return (
        0.4 * np.sin(2 * np.pi * hertz * steps / RATE) + 0.02 * rng.normal(size=len(steps))
    ).astype(np.float32)


def write_recordings(folder: Path) -> Path:
    for label, hertz in (("high", 1_200), ("low", 300)):
        (folder / label).mkdir(parents=True)
        for index in range(8):
            write_recording(folder / label / f"{index}.wav", _tone(hertz, index), RATE)
    return folder


@pytest.fixture
def recordings(tmp_path) -> Path:
    return write_recordings(tmp_path / "recordings")


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A model of the recordings, which all tests of the module share."""
    folder = tmp_path_factory.mktemp("speech")
    recordings, path = write_recordings(folder / "recordings"), folder / "tones.gated"
    options = ("--max-steps", 40, "--hidden-size", 16, "--quiet")
    words = ("train", "speech", recordings, "-o", path, *options)
    result = CliRunner().invoke(app, list(map(str, words)))
    assert (result.exit_code, result.stderr, result.stdout) == (0, "", "")
    return path


@pytest.fixture
def model(trained, tmp_path) -> Path:
    """A copy of the model in the folder of the test."""
    return Path(shutil.copy(trained, tmp_path)).relative_to(tmp_path)


def test_training_says_what_was_read_and_how_accurate_it_is(gated, recordings) -> None:
    options = ("--max-steps", 40, "--hidden-size", 16, "--json")
    result = gated("train", "speech", recordings, "-o", "tones.gated", *options)
    assert result.exit_code == 0
    assert "16 recordings of 2 labels (high, low), 3.5 s of sound at 8,000 Hz." in result.stderr
    assert "2 of 2 held-out recordings labelled correctly" in result.stderr
    found = json.loads(result.stdout)
    assert (found["labels"], found["sequences"], found["accuracy"]) == (["high", "low"], 16, 1.0)


@pytest.mark.parametrize(
    ("options", "step"), [((), 10), ((), 35), (("--strings",), 10)], ids=["first", "all", "strings"]
)
def test_an_interrupted_training_is_resumed_to_the_same_file(
    gated, recordings, monkeypatch, options, step
) -> None:
    from gated.cli.console.progress import ProgressBar

    original = ProgressBar.step

    def press(self, stage, found) -> None:
        original(self, stage, found)
        if found.step == step:
            signal.raise_signal(signal.SIGINT)

    quick = ("--max-steps", 30, "--hidden-size", 8)
    command = ("train", "speech", recordings, "-o", "tones.gated", *options, *quick)
    monkeypatch.setattr(ProgressBar, "step", press)
    result = gated(*command)
    assert result.exit_code == 130
    said = " ".join(result.stderr.split())
    assert "Interrupted. tones.gated.part holds the training so far; to resume it:" in said
    monkeypatch.setattr(ProgressBar, "step", original)
    result = gated(*command)
    assert result.exit_code == 0, result.stderr
    assert f"tones.gated.part at step {step + 1} of" in " ".join(result.stderr.split())
    assert not Path("tones.gated.part").exists()
    resumed = Path("tones.gated")
    whole = gated("train", "speech", recordings, "-o", "whole.gated", *options, *quick)
    assert whole.exit_code == 0
    found, expected = (load_file(path) for path in (resumed, Path("whole.gated")))
    assert found.keys() == expected.keys()
    for name in expected.keys() - {"checksum"}:  # of the header too, which has the seconds
        assert (found[name] == expected[name]).all(), name


def test_new_recordings_are_labelled(gated, model, recordings) -> None:
    write_recording("new.wav", _tone(1_250, 50), RATE)
    result = gated("classify", model, "new.wav", recordings / "low" / "0.wav")
    assert result.exit_code == 0
    header, first, second = result.stdout.splitlines()
    assert header == "file,label,probability,p(high),p(low)"
    assert first.startswith("new.wav,high,")
    assert second.split(",")[1] == "low"


def test_labels_are_written_to_a_file_and_as_json(gated, model) -> None:
    write_recording("new.wav", _tone(300, 50), RATE)
    result = gated("classify", model, "new.wav", "--out", "labels.csv", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)[0]["label"] == "low"
    assert Path("labels.csv").read_text().splitlines()[1].startswith("new.wav,low,")


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_labelled(gated, model) -> None:
    write_recording("new.wav", _tone(300, 50), RATE)
    Path("bad.wav").write_bytes(b"text")
    result = gated("classify", model, "bad.wav", "new.wav", "none.wav")
    assert result.exit_code == 2
    assert result.stdout.splitlines()[1].startswith("new.wav,low,")
    assert "2 files of 3 could not be labelled:" in result.stderr
    assert "bad.wav: is not a file of sound." in result.stderr
    assert "none.wav: there is no such file." in result.stderr


def test_another_rate_is_resampled_and_said(gated, model) -> None:
    write_recording("new.wav", np.repeat(_tone(300, 50), 2), 2 * RATE)
    result = gated("classify", model, "new.wav")
    assert "1 of 1 recording resampled from 16,000 to 8,000 Hz: `new.wav`." in result.stderr
    assert result.stdout.splitlines()[1].startswith("new.wav,low,")


def test_a_model_is_described(gated, model) -> None:
    result = gated("show", model)
    assert result.exit_code == 0
    assert "reads               sound at 8,000 Hz" in result.stdout
    assert "labels              high, low" in result.stdout
    assert json.loads(gated("show", model, "--json").stdout)["held_out"] == 2


def test_a_forecaster_is_described_too(gated, write_sales) -> None:
    assert gated("forecast", write_sales(), "--horizon", 7, "--save", "s.gated").exit_code == 0
    result = gated("show", "s.gated")
    assert "kind     forecaster" in result.stdout
    assert "horizon  7" in result.stdout


def test_a_file_of_another_kind_is_refused(gated, write_sales, model) -> None:
    gated("forecast", write_sales(), "--horizon", 7, "--save", "s.gated")
    result = gated("classify", "s.gated", "a.wav")
    assert result.exit_code == 2
    assert "s.gated: expected a gated classifier file, found model." in result.stderr
    result = gated("forecast", "sales.csv", "--horizon", 7, "--model", model)
    assert "expected a gated model file, found classifier" in result.stderr
    for name in ("sales.csv", "none.gated"):
        assert gated("show", name).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("speech", "none"), "--out is missing. Expected the file"),
        (
            ("speech", "none", "-o", "a.gated"),
            "none: there is no such folder. Expected folder/label",
        ),
        (("speach", "none", "-o", "a.gated"), "MEDIUM speach is unknown. Did you mean `speech`?"),
        (("speech", "none", "-o", "a.gated", "--seed", "x"), "--seed x is not a whole number"),
    ],
)
def test_a_wrong_argument_is_refused(gated, arguments, message) -> None:
    result = gated("train", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_silent_recording_is_left_out_and_named(gated, recordings) -> None:
    write_recording(recordings / "low" / "silent.wav", np.zeros(800, dtype=np.float32), RATE)
    options = ("--max-steps", 5, "--hidden-size", 8)
    result = gated("train", "speech", recordings, "-o", "tones.gated", *options)
    assert result.exit_code == 0
    assert "silent.wav is left out: it is silent (all its samples are equal)." in result.stderr
    assert "16 recordings of 2 labels" in result.stderr


def test_control_characters_of_names_do_not_reach_the_terminal(gated, recordings) -> None:
    (recordings / "low").rename(recordings / "low\x1b[31m\x9b")
    (recordings / "high" / "bad\x07\x1b]0;x.wav").write_bytes(b"text")
    options = ("--max-steps", 5, "--hidden-size", 8)
    said = gated("train", "speech", recordings, "-o", "tones.gated", *options).stderr
    assert "(high, low\\x1b[31m\\u009b)" in said
    assert "bad\\x07\\x1b]0;x.wav is left out" in said
    assert "Written to tones.gated" in said
    write_recording("new\x1b[2J.wav", np.repeat(_tone(300, 50), 2), 2 * RATE)
    said += gated("classify", "tones.gated", "new\x1b[2J.wav", "none\x1b.wav").stderr
    said += gated("show", "tones.gated").stdout
    assert "resampled from 16,000 to 8,000 Hz: `new\\x1b[2J.wav`" in said
    assert "none\\x1b.wav: there is no such file" in said
    assert "high, low\\x1b[31m" in said
    assert all(character.isprintable() or character == "\n" for character in said)
