"""`--picture` and `--explain` of classify, transcribe, generate and demo."""

import json
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from gated import Generator, SequenceClassifier, Transcriber
from gated.media.audio import write_recording
from tests.tasks.generator.pieces import pieces_of
from tests.tasks.transcriber.strings import RATE, tones

QUICK = {"hidden_size": 12, "max_steps": 3}
SMALL = {**QUICK, "window": 20, "batch_size": 4}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("models")
    X, y = tones(16, seed=0)
    SequenceClassifier(rate=RATE, **QUICK).fit(X, y).save(path / "label.gated")
    Transcriber(rate=RATE, join=(1, 2), **QUICK).fit(X, y).save(path / "words.gated")
    for medium in ("text", "voices", "drawing", "image", "motion"):
        model = Generator(medium, **SMALL).fit(pieces_of(medium))
        model.save(path / f"{medium}.gated")
    write_recording(path / "clip.wav", X[0], RATE)
    write_recording(path / "other.wav", X[1], RATE)
    return path


@pytest.mark.parametrize(("command", "model"), [("classify", "label"), ("transcribe", "words")])
def test_a_recording_is_drawn_and_explained(gated, folder, command, model) -> None:
    paths = (folder / f"{model}.gated", folder / "clip.wav")
    plain = gated(command, *paths)
    result = gated(command, *paths, "--picture", "clip.svg", "--explain")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == plain.stdout  # the data are the same
    assert "Picture  Written to clip.svg." in result.stderr
    assert "Block 1 keeps" in result.stderr
    assert "1 − z, is overwritten" in " ".join(result.stderr.split())
    svg = Path("clip.svg").read_text()
    ElementTree.fromstring(svg)
    assert "clip.wav" in svg
    assert svg.count("share of the memory kept in a step") == 2
    assert "Block" not in gated(command, *paths, "--picture", "plain.svg").stderr
    assert "Block" not in Path("plain.svg").read_text()


@pytest.mark.parametrize(("command", "model"), [("classify", "label"), ("transcribe", "words")])
def test_json_has_the_numbers_of_the_gates(gated, folder, command, model) -> None:
    paths = (folder / f"{model}.gated", folder / "clip.wav", "--json")
    result = gated(command, *paths, "--explain", "--quiet")
    assert (result.exit_code, result.stderr) == (0, "")
    (found,) = json.loads(result.stdout)
    assert [block["block"] for block in found["gates"]] == [1, 2]
    for block in found["gates"]:
        assert block["mean"] == pytest.approx(np.mean(block["kept"]), abs=1e-3)
    assert "gates" not in json.loads(gated(command, *paths).stdout)[0]


def test_without_a_file_the_picture_is_text(gated, folder) -> None:
    result = gated("classify", folder / "label.gated", folder / "clip.wav", "--explain")
    assert "Spectrogram: energy of each band" in result.stderr
    assert "Block 2: share of the memory kept in a step" in result.stderr
    assert "█" in result.stderr
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize("medium", ["text", "voices", "drawing", "image", "motion"])
def test_a_piece_is_drawn_and_explained(gated, folder, medium) -> None:
    model = folder / f"{medium}.gated"
    length = () if medium == "image" else ("--length", 12)
    for suffix in ("svg", "html"):
        name = f"{medium}.{suffix}"
        result = gated("generate", model, *length, "--seed", 1, "--picture", name, "--explain")
        assert result.exit_code == 0, result.stderr
        assert "Block 1 keeps" in result.stderr
        assert (result.stdout != "") == (medium == "text")
        content = Path(name).read_text()
        if suffix == "svg":
            ElementTree.fromstring(content)
            assert "Block 1" in content
        else:
            assert content.startswith("<!doctype html>")
            assert "Block 1 keeps" in content
            assert "data:image/svg+xml;base64," in content
            assert ("canvas" in content) == (medium == "motion")


def test_numbers_of_the_gates_of_a_text(gated, folder) -> None:
    options = ("--length", 20, "--seed", 1, "--prompt", "ab ", "--explain", "--json", "--quiet")
    result = gated("generate", folder / "text.gated", *options)
    assert result.stderr == ""
    found = json.loads(result.stdout)
    assert len(found["gates"][0]["kept"]) == len(found["text"][0]) == 23


def test_a_sheet_of_drawings_is_drawn(gated, folder) -> None:
    options = ("--count", 3, "--seed", 1, "--length", 12, "--explain")
    result = gated("generate", folder / "drawing.gated", *options, "--picture", "sheet.svg")
    assert result.exit_code == 0, result.stderr
    assert "those of the first of 3 drawings" in result.stderr
    assert Path("sheet.svg").read_text().count('stroke="#d5d9de"') == 3


def test_wrong_files_and_options_are_refused_before_the_work(gated, folder) -> None:
    label, clip, other = (folder / name for name in ("label.gated", "clip.wav", "other.wav"))

    def said(*arguments: object) -> str:
        result = gated(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        return " ".join(result.stderr.split())

    assert "--picture a.png: a picture is an SVG file or an HTML page. Expected a name ending" in (
        said("classify", label, clip, "--picture", "a.png")
    )
    assert "--explain is given with 2 recordings. Expected one recording" in said(
        "classify", label, clip, other, "--explain"
    )
    assert "--picture is given with 2 recordings." in said(
        "transcribe", folder / "words.gated", clip, other, "--picture", "a.svg"
    )
    assert "--picture a.svg would overwrite --out" in said(
        "generate", folder / "drawing.gated", "--out", "a.svg", "--picture", "a.svg"
    )
    assert "there is no folder none" in said("classify", label, clip, "--picture", "none/a.svg")
    assert "--explain is given with -. Expected a file" in said(
        "transcribe", folder / "words.gated", "-", "--explain"
    )
    assert "--picture is given with 2 pieces. Expected one piece" in said(
        "generate", folder / "text.gated", "--count", 2, "--picture", "a.svg"
    )
    assert "--explain is given, but the demo shop" in said("demo", "--explain")
    assert not list(Path().glob("*.svg"))


def test_a_recording_that_cannot_be_read_is_the_only_error(gated, folder) -> None:
    Path("bad.wav").write_bytes(b"text")
    result = gated("classify", folder / "label.gated", "bad.wav", "--picture", "bad.svg")
    assert result.exit_code == 2
    assert not Path("bad.svg").exists()


def test_the_demo_of_digits_shows_and_writes_the_spectrogram(gated) -> None:
    Path("made").mkdir()
    result = gated("demo", "digits", "--out", "made", "--explain")
    assert result.exit_code == 0, result.stderr
    assert "Spectrogram: energy of each band" in result.stdout
    assert "Block 1 keeps" in result.stdout
    svg = Path("made", "digits.svg").read_text()
    names = [file.name for file in (resources.files("gated") / "data" / "digits").iterdir()]
    assert svg.count("%)</text>") == len([name for name in names if name.endswith(".wav")])


def test_a_demo_writes_the_gates_of_what_it_made(gated) -> None:
    Path("made").mkdir()
    result = gated("demo", "drawing", "--out", "made", "--seed", 1, "--explain")
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in Path("made").iterdir()) == [
        "drawing-gates.svg",
        "drawing.svg",
    ]
