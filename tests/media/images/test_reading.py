"""Image files of each kind to grey pixels, and a message for every bad file and folder."""

import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest

from gated.errors import DataError, UsageError
from gated.media.images import read_image, read_image_folder, write_png
from tests.media.images.pictures import encoded, noise, pillow, save

GREY = noise(12, 10)
BLOCKS = np.kron(noise(3, 2), np.ones((8, 8), np.uint8))  # those of JPEG: little is lost


class TestKinds:
    @pytest.mark.parametrize(
        ("form", "tolerance"), [("PNG", 0), ("BMP", 0), ("GIF", 0), ("JPEG", 12)]
    )
    def test_grey_images_keep_their_pixels(self, tmp_path, form, tolerance):
        path = save(tmp_path / f"a.{form.lower()}", encoded(BLOCKS, form))
        found = read_image(path)
        assert (found.pixels.dtype, found.notes) == (np.uint8, ())
        assert np.abs(found.pixels.astype(int) - BLOCKS).max() <= tolerance

    def test_the_content_decides_and_not_the_name(self, tmp_path):
        path = save(tmp_path / "a.jpg", encoded(GREY))
        np.testing.assert_array_equal(read_image(path).pixels, GREY)

    def test_black_and_white(self, tmp_path):
        path = save(tmp_path / "a.png", encoded(GREY, mode="1"))
        assert set(np.unique(read_image(path).pixels)) == {0, 255}

    def test_colours_to_grey_by_their_luminance(self, tmp_path):
        colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 9, 9]]], np.uint8)
        found = read_image(save(tmp_path / "a.png", encoded(colours)))
        assert found.pixels.tolist() == [[76, 150, 29, 9]]
        assert found.notes == ("a.png: colours converted to grey.",)

    def test_grey_that_is_stored_as_colours_needs_no_note(self, tmp_path):
        for mode in ("RGB", "P", "RGBA"):
            found = read_image(save(tmp_path / "a.png", encoded(GREY, mode=mode)))
            np.testing.assert_array_equal(found.pixels, GREY)
            assert found.notes == ()

    def test_transparent_pixels_are_white(self, tmp_path):
        pixels = np.array([[[0, 0, 0, 0], [0, 0, 0, 255], [0, 0, 0, 51]]], np.uint8)
        found = read_image(save(tmp_path / "a.png", encoded(pixels)))
        assert found.pixels.tolist() == [[255, 0, 204]]
        assert found.notes == ("a.png: transparent pixels placed on white.",)

    def test_one_colour_is_transparent(self, tmp_path):
        pixels = np.array([[0, 100, 200]], np.uint8)
        found = read_image(save(tmp_path / "a.png", encoded(pixels, transparency=100)))
        assert found.pixels.tolist() == [[0, 255, 200]]
        assert found.notes == ("a.png: transparent pixels placed on white.",)

    def test_16_bits_a_pixel_are_scaled_and_not_cut_off(self, tmp_path):
        deep = np.array([[0, 257, 25_700, 65_535]], np.uint16)
        found = read_image(save(tmp_path / "a.png", encoded(deep)))
        assert found.pixels.tolist() == [[0, 1, 100, 255]]
        assert found.notes == ("a.png: 16 bits a pixel reduced to 8.",)

    def test_the_first_of_several_frames(self, tmp_path):
        second = pillow().fromarray(255 - GREY)
        content = encoded(GREY, "GIF", save_all=True, append_images=[second], duration=50)
        found = read_image(save(tmp_path / "a.gif", content))
        np.testing.assert_array_equal(found.pixels, GREY)
        assert found.notes == ("a.gif: the first of 2 frames is read.",)

    def test_a_photograph_is_turned_upright(self, tmp_path):
        exif = pillow().Exif()
        exif[0x0112] = 6  # the camera was turned: a quarter clockwise is upright
        found = read_image(save(tmp_path / "a.png", encoded(GREY, exif=exif)))
        np.testing.assert_array_equal(found.pixels, np.rot90(GREY, -1))
        assert found.notes == ("a.png: turned upright as its metadata say.",)


def huge_png(width: int, height: int) -> bytes:
    """A small file that promises a large image."""
    parts = [b"\x89PNG\r\n\x1a\n"]
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    for name, content in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(99))), (b"IEND", b"")):
        checksum = struct.pack(">I", zlib.crc32(name + content))
        parts.append(struct.pack(">I", len(content)) + name + content + checksum)
    return b"".join(parts)


def cut(form: str) -> bytes:
    content = encoded(noise(60, 60), form)
    return content[: len(content) // 2]


def other_byte() -> bytes:
    """A PNG file whose checksum does not fit."""
    content = bytearray(encoded(noise(60, 60)))
    content[60] ^= 1
    return bytes(content)


KINDS = "Expected an image: PNG, JPEG, GIF or BMP."
BAD = {
    "empty": (lambda: b"", rf"the file is empty \(0 bytes\)\. {KINDS} Get it again"),
    "text": (lambda: b"hello" * 20, rf"is no image, or its beginning is damaged\. {KINDS} Check"),
    "tiff": (lambda: encoded(GREY, "TIFF"), rf"is no image, or.* {KINDS} Check the name"),
    "cut png": (lambda: cut("PNG"), rf"is damaged \(.*\)\. {KINDS} Save it again with"),
    "cut jpeg": (lambda: cut("JPEG"), rf"is damaged \(.*truncated.*\)\. {KINDS} Save it"),
    "checksum": (other_byte, rf"is damaged \(.*\)\. {KINDS} Save it"),
    "60 million": (
        lambda: huge_png(6_000, 10_000),
        "has 6,000 × 10,000 pixels. Expected at most 5",
    ),
    "100 million": (
        lambda: huge_png(10_000, 10_000),
        "has far more pixels. Expected at most 50,00",
    ),
    "4 billion": (lambda: huge_png(60_000, 60_000), r"far more pixels.*small file can fill.*Make"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_bad_files(tmp_path, content, message):
    with pytest.raises(DataError, match=rf"bad\.png: .*{message}"):
        read_image(save(tmp_path / "bad.png", content()))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP"])
def test_damaged_bytes_anywhere_give_a_message_or_an_image(tmp_path, form):
    content = encoded(noise(20, 20, 3), form)
    rng = np.random.default_rng(0)
    outcomes = set()
    for _ in range(150):
        damaged = bytearray(content[: rng.integers(1, len(content) + 1)])
        for place in rng.integers(0, len(damaged), 3):
            damaged[place] = rng.integers(0, 256)
        path = save(tmp_path / "a.png", bytes(damaged))
        try:
            read_image(path)
        except DataError:
            outcomes.add("refused")
        else:
            outcomes.add("read")
    assert "refused" in outcomes


def test_a_missing_file_and_a_folder(tmp_path):
    pillow()
    with pytest.raises(
        DataError, match=r"no\.png: there is no such file. Expected.*Check the name"
    ):
        read_image(tmp_path / "no.png")
    with pytest.raises(DataError, match=r"is a folder. Expected.*Name one file"):
        read_image(tmp_path)


def test_without_pillow(tmp_path, no_pillow):
    write_png(tmp_path / "a.png", GREY)
    message = r'a\.png: images are read by pillow, which is not.*Expected.*pip install "gated\[ima'
    with pytest.raises(UsageError, match=message):
        read_image(tmp_path / "a.png")
    with pytest.raises(UsageError, match=message):
        read_image_folder(tmp_path)


def test_pillow_and_torch_are_not_imported_with_the_package():
    code = "import sys, gated.media.images, gated.media.motion; print({'PIL', 'torch'} & "
    code += "{*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


class TestFolder:
    def test_all_images_below_the_folder(self, tmp_path):
        for index, name in enumerate(("b.png", "a.PNG", "more/c.png", ".hidden.png", ".git/d.png")):
            save(tmp_path / name, encoded(noise(4, 5, seed=index)))
        found = read_image_folder(tmp_path)
        names = [path.relative_to(tmp_path).as_posix() for path in found.paths]
        assert names == ["a.PNG", "b.png", "more/c.png"]
        assert (found.images.dtype, found.images.shape, found.notes) == (np.uint8, (3, 4, 5), ())
        np.testing.assert_array_equal(found.images[1], noise(4, 5, seed=0))

    def test_broken_images_and_other_files_are_named(self, tmp_path):
        for name in ("a", "b", "c"):
            save(tmp_path / f"{name}.png", encoded(GREY))
        save(tmp_path / "b.png", b"hello")
        save(tmp_path / "d" / "e.jpg", b"")
        save(tmp_path / "readme.md", b"x")
        found = read_image_folder(tmp_path)
        assert [path.name for path in found.paths] == ["a.png", "c.png"]
        other, broken, empty = found.notes
        assert other == f"{tmp_path}: 1 file of other kinds than images left out."
        assert broken.startswith(
            "b.png is left out: is no image, or its beginning is damaged. Expected"
        )
        assert empty.startswith("d/e.jpg is left out: the file is empty (0 bytes). Expected")

    def test_images_of_unequal_size_are_refused_with_the_counts(self, tmp_path):
        for index in range(3):
            save(tmp_path / f"{index}.png", encoded(noise(28, 20)))
        save(tmp_path / "x.png", encoded(noise(32, 32)))
        message = (
            r"the images differ in size: 3 of 28 × 20, 1 of 32 × 32 pixels \(height × width\)\. "
            r"Expected one size\. Pass size= to stretch all to one, .* the most frequent, 28 × 20\."
        )
        with pytest.raises(DataError, match=message):
            read_image_folder(tmp_path)

    def test_many_sizes(self, tmp_path):
        for side in range(1, 9):
            save(tmp_path / f"{side}.png", encoded(noise(side, side)))
        with pytest.raises(DataError, match=r"1 of 5 × 5 pixels .*, and 3 other sizes\. Expected"):
            read_image_folder(tmp_path)

    def test_a_requested_size(self, tmp_path):
        save(tmp_path / "a.png", encoded(np.full((30, 40), 77, np.uint8)))
        save(tmp_path / "b.png", encoded(noise(14, 7)))
        save(tmp_path / "c.png", encoded(noise(14, 7, 3)))
        found = read_image_folder(tmp_path, size=(14, 7))
        assert found.images.shape == (3, 14, 7)
        assert (found.images[0] == 77).all()
        np.testing.assert_array_equal(found.images[1], noise(14, 7))
        assert found.notes == (
            f"{tmp_path}: 1 of 3 images: colours converted to grey: `c.png`.",
            f"{tmp_path}: 1 of 3 images: stretched to 14 × 7 pixels: `a.png`.",
        )

    def test_progress_is_reported(self, tmp_path):
        calls = []
        save(tmp_path / "a.png", encoded(GREY))
        save(tmp_path / "b.png", b"x")
        read_image_folder(tmp_path, progress=lambda *call: calls.append(call))
        assert calls == [(1, 2), (2, 2)]

    def test_none_can_be_read(self, tmp_path):
        pillow()
        save(tmp_path / "a.png", b"x")
        save(tmp_path / "b.txt", b"x")
        with pytest.raises(
            DataError, match=r"no file .* of 1 image\. Expected .* one: a\.png is le"
        ):
            read_image_folder(tmp_path)

    def test_no_image_and_no_folder(self, tmp_path):
        save(tmp_path / "a.txt", b"x")
        with pytest.raises(DataError, match=r"has no image. Expected a folder with images.*Check"):
            read_image_folder(tmp_path)
        with pytest.raises(DataError, match=r"there is no such folder. Expected.*Check the name"):
            read_image_folder(tmp_path / "no")
        with pytest.raises(DataError, match=r"a\.txt: is not a folder. Expected"):
            read_image_folder(tmp_path / "a.txt")

    @pytest.mark.parametrize("size", [(0, 28), (28, -1), (28, 10_001)])
    def test_a_size_out_of_range(self, tmp_path, size):
        with pytest.raises(
            UsageError, match=r"size is .* Expected height and width from 1 to 10,000"
        ):
            read_image_folder(tmp_path, size=size)
