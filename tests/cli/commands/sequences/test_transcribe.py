"""`gated train speech --strings` and `gated transcribe`: words, files, and a stream on stdin."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from gated import Transcriber
from gated.cli.app import app
from gated.media.audio import write_recording

RATE = 4_000
_QUICK = ("--max-steps", 3, "--hidden-size", 8)


def _tone(hertz: float, seed: int) -> np.ndarray:
    """A tone that swells and fades, so that two in a row are two."""
    rng = np.random.default_rng(seed)
    steps = np.arange(rng.integers(700, 900))
    tone = 0.3 * np.sin(2 * np.pi * hertz * steps / RATE + rng.uniform(0, 6))
    return (tone * np.hanning(len(steps))).astype(np.float32)


def _string(words: str) -> np.ndarray:
    """Tones with pauses: h is high, l is low."""
    pause = np.zeros(RATE // 10, dtype=np.float32)
    tones = [_tone(1_100 if word == "h" else 300, 50 + i) for i, word in enumerate(words)]
    return np.concatenate([part for tone in tones for part in (pause, tone)])


def _raw(samples: np.ndarray) -> bytes:
    return np.round(samples * 32_767).astype("<i2").tobytes()


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    words = [_tone((300, 1_100)[i % 2], i) for i in range(24)]
    model = Transcriber(
        rate=RATE,
        join=(1, 3),
        hidden_size=16,
        num_layers=1,
        batch_size=16,
        dropout=0.0,
        augment=False,
        max_steps=150,
        learning_rate=1e-2,
    )
    path = tmp_path_factory.mktemp("model") / "tones.gated"
    model.fit(words, ["low", "high"] * 12).save(path)
    return path


@pytest.fixture
def words(tmp_path) -> Path:
    folder = tmp_path / "words"
    for label, hertz in (("high", 1_100), ("low", 300)):
        (folder / label).mkdir(parents=True)
        for index in range(4):
            write_recording(folder / label / f"{index}.wav", _tone(hertz, index), RATE)
    return folder


def test_a_folder_of_words_makes_a_transcriber(gated, words) -> None:
    result = gated("train", "speech", words, "--strings", "-o", "a.gated", "--json", *_QUICK)
    assert result.exit_code == 0, result.output
    assert "8 recordings of 2 words (high, low)" in result.stderr
    assert "joined at random to strings of 3 to 7 words." in result.stderr
    assert "of 200 held-out strings without an error" in result.stderr
    assert "Use it: gated transcribe a.gated FILES" in result.stderr
    found = json.loads(result.stdout)
    assert (found["symbols"], found["sequences"]) == (["high", "low"], 8)
    assert Transcriber.load("a.gated").join == (3, 7)


@pytest.mark.parametrize(("symbols", "expected"), [("words", ["hi", "lo"]), ("characters", None)])
def test_a_table_of_texts_makes_a_transcriber(gated, words, symbols, expected) -> None:
    rows = [f"{label}/{i}.wav,{label[:2]}" for label in ("high", "low") for i in range(4)]
    (words / "texts.csv").write_text("\n".join(["file,text", *rows]))
    options = ("-o", "a.gated", "--quiet", "--symbols", symbols, *_QUICK)
    result = gated("train", "speech", words / "texts.csv", *options)
    assert (result.exit_code, result.output) == (0, "")
    assert Transcriber.load("a.gated").symbols_ == (expected or ["h", "i", "l", "o"])


def test_recordings_are_written_down(gated, trained) -> None:
    write_recording("new.wav", _string("hlh"), RATE)
    write_recording("other.wav", _string("ll"), RATE)
    result = gated("transcribe", trained, "new.wav", "other.wav", "--beam", 4)
    assert result.exit_code == 0, result.output
    header, first, second = result.stdout.splitlines()
    assert header == "file,text,confidence"
    assert first.startswith("new.wav,high low high,0.")
    assert second.startswith("other.wav,low low,0.")


def test_json_has_times_and_confidences(gated, trained) -> None:
    write_recording("new.wav", _string("hl"), RATE)
    result = gated("transcribe", trained, "new.wav", "--json", "--out", "texts.csv")
    [found] = json.loads(result.stdout)
    assert (found["file"], found["text"]) == ("new.wav", "high low")
    assert [one["symbol"] for one in found["symbols"]] == ["high", "low"]
    first, second = found["symbols"]
    assert 0 <= first["begin"] < first["end"] <= second["end"] <= 0.75
    assert abs(first["begin"] - 0.1) < 0.1
    assert 0.3 < first["confidence"] <= 1
    assert Path("texts.csv").read_text().splitlines()[1].startswith("new.wav,high low,")


@pytest.mark.parametrize("as_json", [False, True])
def test_a_stream_gives_one_line_a_word(trained, as_json) -> None:
    arguments = ["transcribe", str(trained), "-", *(["--json"] if as_json else [])]
    result = CliRunner().invoke(app, arguments, input=_raw(_string("hlhl")))
    assert result.exit_code == 0, result.output
    assert "raw samples at 4,000 Hz, 16 bits, from stdin." in result.stderr
    lines = result.stdout.splitlines()
    words = [json.loads(line)["symbol"] for line in lines] if as_json else lines
    assert words == ["high", "low", "high", "low"]


def test_a_stream_that_ends_within_a_sample_is_an_error(trained) -> None:
    content = _raw(_string("h")) + b"\0"
    result = CliRunner().invoke(app, ["transcribe", str(trained), "-"], input=content)
    assert result.exit_code == 2
    assert "stdin has an odd number of bytes. Expected raw samples of 16 bits" in result.stderr


def test_an_empty_stream_has_no_word(trained) -> None:
    result = CliRunner().invoke(app, ["transcribe", str(trained), "-", "--quiet"], input=b"")
    assert (result.exit_code, result.output) == (0, "")


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_written_down(
    gated, trained
) -> None:
    write_recording("new.wav", _string("l"), RATE)
    Path("bad.wav").write_bytes(b"text")
    result = gated("transcribe", trained, "bad.wav", "new.wav")
    assert result.exit_code == 2
    assert result.stdout.splitlines()[1].startswith("new.wav,low,")
    assert "1 file of 2 could not be transcribed:" in result.stderr
    assert "bad.wav: is not a file of sound." in result.stderr


def test_a_transcriber_is_described(gated, trained) -> None:
    result = gated("show", trained)
    assert "kind                   transcriber" in result.stdout
    assert "reads                  sound at 4,000 Hz" in result.stdout
    assert "symbols                high, low" in result.stdout
    found = json.loads(gated("show", trained, "--json").stdout)
    assert (found["held_out"], found["symbol_error_rate"] <= 0.05) == (200, True)


def test_a_model_of_another_kind_is_refused(gated, trained) -> None:
    result = gated("classify", trained, "a.wav")
    assert result.exit_code == 2
    assert "expected a gated classifier file, found transcriber" in result.stderr
    arrays = Transcriber(hidden_size=8, max_steps=2).fit([np.zeros((4, 1))] * 2, ["a", "b"])
    arrays.save("arrays.gated")
    result = gated("transcribe", "arrays.gated", "a.wav")
    assert result.exit_code == 2
    assert "arrays.gated: transcribes arrays, not sound. Expected a model that" in result.stderr
    assert "reads                  arrays of steps" in gated("show", "arrays.gated").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-", "a.wav"), "FILES has - and 1 more. Expected files, or - alone"),
        (("-", "--beam", "4"), "--beam is given with -. Expected none: a stream follows"),
        (("-", "--out", "a.csv"), "--out is given with -. Expected none: words are printed"),
        (("a.wav", "--beam", "0"), "--beam 0 is too small. Expected a whole number from 1"),
        (("a.wav", "--out", "a.txt"), "--out a.txt"),
    ],
)
def test_a_wrong_argument_is_refused(gated, trained, arguments, message) -> None:
    result = gated("transcribe", trained, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_characters_need_a_table(gated, words) -> None:
    result = gated(
        "train", "speech", words, "--strings", "--symbols", "characters", "-o", "a.gated"
    )
    assert result.exit_code == 2
    assert "--symbols characters is given, but PATH is a folder of words." in result.stderr
    result = gated("train", "speech", "none.csv", "-o", "a.gated")
    assert result.exit_code == 2
    assert "none.csv: there is no such file." in result.stderr
