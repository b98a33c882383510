"""PNG files: pillow reads what is written here."""

import io

import numpy as np
import pytest

from gated.errors import GatedError, UsageError
from gated.media.images import png_bytes, read_image, write_png
from tests.media.images.pictures import noise, pillow


@pytest.mark.parametrize("shape", [(1, 1), (28, 28), (3, 100), (100, 3), (5, 7, 3), (1, 1, 3)])
def test_pillow_reads_the_same_pixels(shape):
    image = pillow().open(io.BytesIO(png_bytes(noise(*shape))))
    image.verify()  # the checksums
    image = pillow().open(io.BytesIO(png_bytes(noise(*shape))))
    assert image.mode == ("RGB" if len(shape) == 3 else "L")
    np.testing.assert_array_equal(np.asarray(image), noise(*shape))


def test_what_is_written_is_read(tmp_path):
    write_png(tmp_path / "a.png", noise(9, 6))
    found = read_image(tmp_path / "a.png")
    np.testing.assert_array_equal(found.pixels, noise(9, 6))
    assert found.notes == ()


def test_a_view_with_other_strides():
    pixels = noise(8, 12)
    assert png_bytes(pixels[::2, ::3].T) == png_bytes(pixels[::2, ::3].T.copy())


@pytest.mark.parametrize(
    "image",
    [np.zeros((2, 2)), np.zeros((2, 2), bool), noise(2, 2, 4), noise(4), noise(0, 3), noise(3, 0)],
)
def test_no_image(tmp_path, image):
    with pytest.raises(UsageError, match=r"a\.png: an image of the type .* Expected uint8.*Multip"):
        write_png(tmp_path / "a.png", image)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder(tmp_path):
    with pytest.raises(GatedError, match="cannot be written: No such file"):
        write_png(tmp_path / "no" / "a.png", noise(2, 2))
