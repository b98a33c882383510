"""Images as text: two pixels a character."""

import numpy as np
import pytest

from gated.errors import UsageError
from gated.plot import image_text

CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)


def test_two_rows_are_one_line():
    assert image_text(CROSS) == "▄█▄\n ▀"
    assert image_text(CROSS, ascii_only=True) == ".#.\n '"
    assert image_text(~CROSS) == "▀ ▀\n▀ ▀"


@pytest.mark.parametrize("image", [CROSS * np.uint8(200), CROSS * 0.5, CROSS * np.float32(1)])
def test_at_least_half_as_bright_as_white_is_filled(image):
    assert image_text(image) == "▄█▄\n ▀"


def test_darker_pixels_are_not_filled():
    assert image_text(CROSS * np.uint8(127)) == "\n"
    assert image_text(CROSS * 0.49) == "\n"


def test_a_wide_image_is_averaged():
    large = np.kron(CROSS, np.ones((40, 40)))
    assert image_text(large, width=3) == "▄█▄\n ▀"
    lines = image_text(large).splitlines()
    assert (len(lines), max(map(len, lines))) == (40, 80)
    assert image_text(np.ones((1, 500)), width=7) == "▀" * 7


@pytest.mark.parametrize(
    ("image", "width"),
    [
        (np.zeros(4), 80),
        (np.zeros((0, 4)), 80),
        (np.zeros((2, 2, 3), np.uint8), 80),
        (np.zeros((2, 2), int), 80),
        (np.zeros((2, 2)), 0),
    ],
)
def test_no_image(image, width):
    with pytest.raises(UsageError, match=r"An image of the type .* Expected uint8.*Pass one image"):
        image_text(image, width=width)
