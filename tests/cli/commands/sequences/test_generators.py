"""`gated train` of texts and music, `gated generate`, `gated show`: files in, files out."""

import json
import re
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from typer.testing import CliRunner

from gated.cli.app import app
from gated.media.music import from_voices, read_music, write_midi

SMALL = ("--max-steps", 30, "--hidden-size", 16)


def write_play(folder: Path) -> Path:
    path = folder / "play.txt"
    path.write_text("the cat sat on the mat. " * 40)
    return path


@pytest.fixture
def play(tmp_path) -> Path:
    return write_play(tmp_path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A model of the play, which all tests of the module share."""
    folder = tmp_path_factory.mktemp("text")
    words = ("train", "text", write_play(folder), "-o", folder / "play.gated", *SMALL, "--quiet")
    result = CliRunner().invoke(app, list(map(str, words)))
    assert (result.exit_code, result.stderr, result.stdout) == (0, "", "")
    return folder / "play.gated"


@pytest.fixture
def model(trained, tmp_path) -> Path:
    """A copy of the model in the folder of the test."""
    return Path(shutil.copy(trained, tmp_path)).relative_to(tmp_path)


def test_training_says_what_was_learned_and_how_well(gated, play) -> None:
    result = gated("train", play, "-o", "play.gated", *SMALL, "--json")
    assert result.exit_code == 0
    assert "Medium   text, by the names of the files." in result.stderr
    assert "Learned from 912 symbols of 1 piece in" in result.stderr
    assert "On 48 held-out symbols:" in result.stderr
    assert "nats per character" in " ".join(result.stderr.split())
    assert "gated generate play.gated" in " ".join(result.stderr.split())
    found = json.loads(result.stdout)
    assert (found["medium"], found["unit"], found["pieces"]) == ("text", "character", 1)


def test_training_says_how_far_gradients_reach(gated, play, model) -> None:
    result = gated("train", "text", play, "-o", "watched.gated", *SMALL, "--gradients")
    assert result.exit_code == 0, result.stderr
    said = " ".join(result.stderr.split())
    assert re.search(r"Memory `model.blocks.0.recurrent` \(GRU\): gradients [a-z]+ ", said), said
    assert "Memory" not in gated("train", "text", play, "-o", "other.gated", *SMALL).stderr
    watched, plain = (load_file(path) for path in ("watched.gated", model))
    assert all(np.array_equal(watched[name], plain[name]) for name in plain)


def test_a_text_goes_to_stdout(gated, model) -> None:
    options = ("--length", 30, "--seed", 1, "--prompt", "the ")
    first = gated("generate", model, *options)
    assert (first.exit_code, first.stderr) == (0, "")
    assert first.stdout.startswith("the ")
    assert len(first.stdout) == 4 + 30 + 1
    assert gated("generate", model, *options).stdout == first.stdout
    assert gated("generate", model, *options[:2], "--seed", 2).stdout != first.stdout


def test_a_text_goes_to_a_file_and_to_json(gated, model) -> None:
    result = gated("generate", model, "--length", 30, "--seed", 1, "-o", "new.txt")
    assert result.exit_code == 0
    assert "new.txt: 30 characters" in result.stderr
    assert len(Path("new.txt").read_text()) == 30
    gated("generate", model, "--length", 30, "--seed", 1, "-o", "on.txt", "--prompt", "the ")
    assert Path("on.txt").read_text().startswith("the ")
    assert len(Path("on.txt").read_text()) == 34
    result = gated("generate", model, "--length", 30, "--seed", 1, "--count", 2, "--json")
    found = json.loads(result.stdout)
    assert (found["medium"], found["lengths"]) == ("text", [30, 30])
    assert [len(text) for text in found["text"]] == [30, 30]


def test_a_generator_is_described(gated, model) -> None:
    result = gated("show", model)
    assert result.exit_code == 0
    assert "medium        text" in result.stdout
    assert "learned from  912 symbols of 1 piece" in result.stdout
    assert "nats per character" in result.stdout


def test_voices_are_learned_and_written_as_midi(gated, tmp_path) -> None:
    pytest.importorskip("symusic", reason="MIDI files are read by symusic, which is missing")
    folder = tmp_path / "tunes"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(4):
        notes = np.stack([rng.integers(60 - 12 * v, 66 - 12 * v, 20) for v in range(2)], 1)
        write_midi(folder / f"{index}.mid", from_voices(np.repeat(notes, 4, 0)))
    result = gated("train", "music", folder, "-o", "tunes.gated", *SMALL)
    assert result.exit_code == 0
    assert "Every piece has 2 voices" in " ".join(result.stderr.split())
    result = gated("generate", "tunes.gated", "-o", "new.mid", "--length", 32, "--seed", 0)
    assert result.exit_code == 0
    assert "new.mid: 32 steps" in result.stderr
    made = read_music("new.mid")
    assert float((made.onset + made.duration).max()) <= 8
    result = gated("generate", "tunes.gated", "-o", "on.mid", "--prompt", folder / "0.mid")
    assert result.exit_code == 0


def test_an_interrupted_training_is_resumed(gated, play, monkeypatch) -> None:
    from gated.cli.console.progress import ProgressBar

    original = ProgressBar.step

    def press(self, stage, step) -> None:
        original(self, stage, step)
        if step.step == 10:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(ProgressBar, "step", press)
    result = gated("train", "text", play, "-o", "play.gated", *SMALL)
    assert result.exit_code == 130
    said = " ".join(result.stderr.split())
    assert "Interrupted. play.gated.part holds the training so far; to resume it:" in said
    assert "gated train text" in said
    monkeypatch.setattr(ProgressBar, "step", original)
    result = gated("train", "text", play, "-o", "play.gated", *SMALL)
    assert result.exit_code == 0
    assert "play.gated.part at step 11 of 30." in result.stderr
    assert not Path("play.gated.part").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "text"), "PATH is missing. Expected the files to learn from"),
        (("train", "txt", "play.txt", "-o", "a.gated"), "Did you mean `text`?"),
        (("train", "none", "-o", "a.gated"), "none: there is no such file."),
        (("train", "text", "none.txt", "-o", "a.gated"), "none.txt: there is no such file."),
        (("train", "text", "play.txt"), "--out is missing. Expected the file for the trained"),
        (("train", "play.dat", "-o", "a.gated"), "no file of a known kind. Expected one of"),
        (("generate", "play.gated", "-o", "a.mid"), "a.mid: text is not written to such a file."),
        (("generate", "play.gated", "--prompt", ""), "The prompt is empty."),
        (("generate", "play.gated", "--prompt", "Z"), "The prompt has 'Z', which the training"),
        (
            ("generate", "play.gated", "--temperature", "-1"),
            "--temperature is -1.0. Expected a number from 0 to 100.",
        ),
        (("generate", "play.gated", "--top-p", "2"), "--top-p is 2.0. Expected a number above 0"),
        (("generate", "play.gated", "--stop", ""), "--stop is ''. Expected a text"),
        (("generate", "play.txt"), "play.txt"),
        (("train", "play.txt", "-o", "a.gated", "--strings"), "--strings is given for text."),
        (
            ("train", "text", "play.txt", "-o", "a.gated", "--symbols", "characters"),
            "--symbols is given for text.",
        ),
        (("classify", "play.gated", "play.txt"), "expected a gated classifier file, found"),
        (
            ("train", "play.txt", "-o", "a.gated", "--rate", "30"),
            "--rate is given for text. Expected motion. Leave it out.",
        ),
        (
            ("train", "play.txt", "-o", "a.gated", "--size", "28"),
            "--size is given for text. Expected image. Leave it out.",
        ),
        (
            ("train", "play.txt", "-o", "a.gated", "--size", "28x"),
            "--size 28x is no size. Expected height and width in pixels, such as --size 28x32",
        ),
    ],
)
def test_what_cannot_be_done_is_said(gated, model, play, arguments, message) -> None:
    Path("play.dat").write_text("a,b\n")
    result = gated(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in " ".join(result.stderr.split())


def test_music_needs_a_file(gated, tmp_path) -> None:
    from gated import Generator

    rolls = [np.eye(20, 88, dtype=bool)] * 2
    Generator("music", hidden_size=8, max_steps=1, batch_size=1).fit(rolls).save("m.gated")
    result = gated("generate", "m.gated")
    assert result.exit_code == 2
    result = gated("generate", "m.gated", "-o", "a.mid", "--count", 3)
    assert result.exit_code == 2
    assert "--count 3 is given, but a file has one piece of music." in result.stderr
    result = gated("generate", "m.gated")
    assert "--out is missing. Expected a file for the music, such as --out made.mid." in (
        " ".join(result.stderr.split())
    )


def test_the_input_is_never_overwritten(gated, play, tmp_path) -> None:
    before = play.read_bytes()
    result = gated("train", "text", play, "-o", play, *SMALL)
    assert result.exit_code == 2
    assert "names a file of data. Expected a name for the trained model" in result.stderr
    odd = tmp_path / "odd"
    odd.write_bytes(before)
    result = gated("train", "text", odd, "-o", odd, *SMALL)
    assert result.exit_code == 2
    assert "would overwrite what is learned from." in result.stderr
    assert (play.read_bytes(), odd.read_bytes()) == (before, before)


def test_a_damaged_rest_of_a_training_is_named(gated, play) -> None:
    Path("play.gated.part").write_bytes(b"damaged")
    result = gated("train", "text", play, "-o", "play.gated", *SMALL)
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert "play.gated.part: is no checkpoint of this version of gated, or it is damaged." in said
    assert "Move or delete the file to start again." in said


def test_generation_stops_when_nobody_reads_on(gated, model, monkeypatch) -> None:
    from gated.cli.commands.sequences import generate

    written = []

    def closed(content: bytes) -> bool:
        written.append(content)
        return len(written) < 5

    monkeypatch.setattr(generate, "to_stdout", closed)
    assert gated("generate", model, "--length", 10_000).exit_code == 0
    assert len(written) == 5
