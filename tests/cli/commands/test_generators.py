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


def test_drawings_are_learned_and_written_on_a_sheet(gated, tmp_path) -> None:
    from gated.media.strokes import read_strokes, write_drawing

    folder = tmp_path / "letters"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(4):
        points = np.column_stack([rng.normal(size=(12, 2)) * 9, np.arange(12) % 6 == 5])
        write_drawing(folder / f"{index}.svg", points)
    (folder / "bad.svg").write_text("no")
    result = gated("train", folder, "-o", "letters.gated", *SMALL)
    assert result.exit_code == 0
    said = " ".join(result.stderr.split())
    assert "Medium drawing, by the names of the files." in said
    assert "bad.svg is left out" in said
    result = gated("generate", "letters.gated", "-o", "sheet.svg", "--count", 5, "--seed", 0)
    assert result.exit_code == 0
    assert Path("sheet.svg").read_text().count("<path") >= 5
    result = gated("generate", "letters.gated", "-o", "one.svg", "--seed", 0)
    assert result.exit_code == 0
    assert len(read_strokes("one.svg").points) >= 1


def test_images_are_learned_completed_and_written(gated, tmp_path) -> None:
    pytest.importorskip("PIL", reason="PNG files are read by pillow, which is missing")
    from gated.media.images import read_image, write_idx

    rng = np.random.default_rng(0)
    images = (rng.random((6, 8, 9)) < 0.4) * np.uint8(255)
    write_idx(tmp_path / "dots.idx3-ubyte.gz", images)
    result = gated("train", "image", tmp_path / "dots.idx3-ubyte.gz", "-o", "dots.gated", *SMALL)
    assert result.exit_code == 0
    result = gated("generate", "dots.gated", "-o", "one.png", "--seed", 0)
    assert result.exit_code == 0
    assert "one.png: 1 image of 8 × 9 pixels" in " ".join(result.stderr.split())
    made = read_image("one.png").pixels
    assert made.shape == (8, 9)
    result = gated("generate", "dots.gated", "-o", "on.png", "--prompt", "one.png", "--seed", 1)
    assert result.exit_code == 0
    completed = read_image("on.png").pixels
    assert (completed[:4] == made[:4]).all()
    result = gated("generate", "dots.gated", "-o", "sheet.png", "--count", 4, "--seed", 0)
    assert result.exit_code == 0
    assert min(read_image("sheet.png").pixels.shape) > 9


def test_motions_are_learned_and_written_with_a_page(gated, tmp_path) -> None:
    from gated.media.motion import read_motion

    folder = tmp_path / "clips"
    folder.mkdir()
    for index in range(3):
        (folder / f"{index}.bvh").write_text(_swinging(60, 0.2 + 0.1 * index))
    result = gated("train", folder, "-o", "swing.gated", *SMALL)
    assert result.exit_code == 0, result.stderr
    assert "Medium   motion" in result.stderr
    result = gated("generate", "swing.gated", "-o", "new.bvh", "--length", 25, "--seed", 0)
    assert result.exit_code == 0, result.stderr
    assert "new.bvh: 25 frames" in result.stderr
    made = read_motion("new.bvh")
    assert made.values.shape == (25, 9)
    assert made.skeleton.channels == read_motion(folder / "0.bvh").skeleton.channels
    result = gated("generate", "swing.gated", "-o", "new.html", "--prompt", folder / "0.bvh")
    assert result.exit_code == 0, result.stderr
    assert "<canvas" in Path("new.html").read_text()


def test_motions_of_unequal_rates_are_resampled_on_request(gated, tmp_path) -> None:
    from gated.media.motion import read_motion

    folder = tmp_path / "clips"
    folder.mkdir()
    (folder / "slow.bvh").write_text(_swinging(60, 0.2))
    (folder / "usual.bvh").write_text(_swinging(60, 0.2))
    (folder / "fast.bvh").write_text(_swinging(60, 0.1, frame_time="0.016667"))
    refused = gated("train", folder, "-o", "swing.gated", *SMALL)
    assert refused.exit_code == 2
    assert "Pass --rate to read all at one rate" in " ".join(refused.stderr.split())
    result = gated("train", folder, "-o", "swing.gated", *SMALL, "--rate", 30)
    assert result.exit_code == 0, result.stderr
    assert "1 of 3 motions resampled from 60 to 30 frames a second: `fast.bvh`." in (
        " ".join(result.stderr.split())
    )
    gated("generate", "swing.gated", "-o", "new.bvh", "--length", 5)
    assert read_motion("new.bvh").frame_time == pytest.approx(1 / 30)
    one = gated("train", folder / "fast.bvh", "-o", "one.gated", *SMALL, "--rate", 30)
    assert "Resampled from 60 to 30 frames a second." in " ".join(one.stderr.split())
    none = gated("train", folder, "-o", "swing.gated", *SMALL, "--rate", 0)
    assert none.exit_code == 2
    assert "A rate of 0.0 is given. Expected 1 to 1,000 frames a second." in none.stderr


def test_images_of_unequal_size_are_stretched_on_request(gated, tmp_path) -> None:
    pytest.importorskip("PIL", reason="PNG files are read by pillow, which is missing")
    from gated.media.images import read_image, write_idx, write_png

    folder, rng = tmp_path / "dots", np.random.default_rng(0)
    folder.mkdir()
    for index, shape in enumerate([(8, 9), (8, 9), (12, 6)]):
        write_png(folder / f"{index}.png", (rng.random(shape) < 0.4) * np.uint8(255))
    refused = gated("train", folder, "-o", "dots.gated", *SMALL)
    assert refused.exit_code == 2
    said = " ".join(refused.stderr.split())
    assert "Pass --size to stretch all to one, such as the most frequent, 8 × 9." in said
    result = gated("train", folder, "-o", "dots.gated", *SMALL, "--size", "8x9")
    assert result.exit_code == 0, result.stderr
    said = " ".join(result.stderr.split())
    assert "1 of 3 images: stretched to 8 × 9 pixels: `2.png`." in said
    gated("generate", "dots.gated", "-o", "one.png", "--seed", 0)
    assert read_image("one.png").pixels.shape == (8, 9)
    write_idx(tmp_path / "dots.idx", np.zeros((4, 8, 9), np.uint8))
    result = gated("train", tmp_path / "dots.idx", "-o", "idx.gated", *SMALL, "--size", 6)
    assert f"{tmp_path / 'dots.idx'}: stretched to 6 × 6 pixels." in " ".join(result.stderr.split())
    none = gated("train", folder, "-o", "dots.gated", *SMALL, "--size", 0)
    assert none.exit_code == 2
    assert "--size is 0 × 0. Expected height and width from 1 to 10,000 pixels" in (
        " ".join(none.stderr.split())
    )


def _swinging(frames: int, speed: float, frame_time: str = "0.033333") -> str:
    """A body of two joints that swings."""
    lines = [
        "HIERARCHY",
        "ROOT hips",
        "{ OFFSET 0 0 0",
        "CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation",
        "JOINT foot",
        "{ OFFSET 0 -10 0",
        "CHANNELS 3 Zrotation Yrotation Xrotation",
        "End Site",
        "{ OFFSET 0 -1 0 } } }",
        "MOTION",
        f"Frames: {frames}",
        f"Frame Time: {frame_time}",
    ]
    for t in range(frames):
        swing = 20 * np.sin(speed * t)
        lines.append(f"{t * 0.1:.4f} 11 {swing / 20:.4f} {swing:.4f} 3 2 {-swing:.4f} 1 5")
    return "\n".join(lines) + "\n"


def test_the_file_of_a_bad_piece_is_named(gated, tmp_path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    (folder / "good.bvh").write_text(_swinging(40, 0.2))
    (folder / "one.bvh").write_text(_swinging(1, 0.2))
    result = gated("train", folder, "-o", "swing.gated", *SMALL)
    assert result.exit_code == 2
    assert f"{folder / 'one.bvh'} has one frame. Expected at least 2." in (
        " ".join(result.stderr.split())
    )
    (folder / "one.bvh").write_text(_swinging(30, 0.2).replace("11 ", "1e300 "))
    result = gated("train", folder / "one.bvh", "-o", "swing.gated", *SMALL)
    assert result.exit_code == 2
    assert "is no finite number below 1,000,000,000." in " ".join(result.stderr.split())


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


def test_recordings_and_idx_files_are_found_by_their_names(gated, tmp_path) -> None:
    from gated.media.audio import write_recording
    from gated.media.images import write_idx

    (tmp_path / "flat").mkdir()
    write_recording(tmp_path / "flat" / "a.wav", np.zeros(800, dtype=np.float32), 8_000)
    result = gated("train", tmp_path / "flat", "-o", "a.gated")
    assert result.exit_code == 2
    assert "Move the recordings of each label into a folder" in " ".join(result.stderr.split())
    write_idx(tmp_path / "train-images-idx3-ubyte", np.zeros((4, 6, 6), dtype=np.uint8))
    result = gated("train", tmp_path / "train-images-idx3-ubyte", "-o", "a.gated", *SMALL)
    assert result.exit_code == 0


def test_generation_stops_when_nobody_reads_on(gated, model, monkeypatch) -> None:
    from gated.cli.commands.sequences import generate

    written = []

    def closed(content: bytes) -> bool:
        written.append(content)
        return len(written) < 5

    monkeypatch.setattr(generate, "to_stdout", closed)
    assert gated("generate", model, "--length", 10_000).exit_code == 0
    assert len(written) == 5
