"""`gated train` and `gated generate` of drawings, images and motions, and their files."""

from pathlib import Path

import numpy as np
import pytest

SMALL = ("--max-steps", 30, "--hidden-size", 16)


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
