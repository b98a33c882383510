"""Drawings as pixels."""

import numpy as np
import pytest

from gated.errors import UsageError
from gated.media.strokes import rasterised


def test_a_cross_is_drawn_without_gaps_and_centred() -> None:
    cross = [[0, 0, 0], [10, 10, 1], [-10, 0, 0], [10, -10, 1]]
    image = rasterised(cross, 21)
    assert image.shape == (21, 21)
    diagonal = image[np.arange(21), np.arange(21)]
    assert diagonal[2:19].all()
    assert (image == image[::-1]).all()
    assert (image == image.T).all()


def test_a_dot_is_one_pixel() -> None:
    assert rasterised([[3, 4, 1]], 9).sum() == 1


def test_too_few_pixels_are_refused() -> None:
    with pytest.raises(UsageError, match=r"side=1 is given. Expected 2 or more"):
        rasterised([[0, 0, 1]], 1)
