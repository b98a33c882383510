"""Converts grey images to black and white ones."""

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray
from gated.errors import UsageError

__all__ = ["binarised", "shares_of_white", "thresholded"]


def binarised(images: NDArray[np.uint8] | NDArray[np.floating], seed: int) -> BoolArray:
    """Draw each pixel once, white with the probability of its brightness.

    It is the binarisation of Salakhutdinov and Murray 2008 ("On the quantitative analysis of deep
    belief networks"), with which generative models of MNIST are compared.

    Args:
        images: [N, H, W] uint8, or floating-point numbers from 0 to 1.
        seed: of the draw; the same seed gives the same images.

    Returns:
        bool [N, H, W]: True is white.

    Raises:
        UsageError: the images have another type, or numbers outside of 0 to 1.

    Example:
        >>> binarised(np.array([[[0, 128, 255]]], np.uint8), seed=0).shape
        (1, 1, 3)
    """
    shares = shares_of_white(images)
    draws = np.random.default_rng(seed).random(shares.shape, dtype=np.float32)
    white: BoolArray = draws < shares
    return white


def thresholded(images: NDArray[np.uint8] | NDArray[np.floating], at: float = 0.5) -> BoolArray:
    """Make each pixel white that is at least as bright as a threshold.

    Args:
        images: [N, H, W] uint8, or floating-point numbers from 0 to 1.
        at: the threshold from 0 to 1.

    Returns:
        bool [N, H, W]: True is white.

    Raises:
        UsageError: the images have another type, or numbers outside of 0 to 1; or the threshold is
            outside.

    Example:
        >>> thresholded(np.array([[[0, 127, 128, 255]]], np.uint8)).tolist()
        [[[False, False, True, True]]]
    """
    if not 0 <= at <= 1:
        raise UsageError(f"at={at} is given. Expected a brightness from 0 to 1. Pass 0.5.")
    white: BoolArray = shares_of_white(images) >= at
    return white


def shares_of_white(images: NDArray[np.uint8] | NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the brightness from 0 to 1 of images of any shape.

    Raises:
        UsageError: the images have another type, or numbers outside of 0 to 1.

    Example:
        >>> shares_of_white(np.array([0, 51, 255], np.uint8)).round(1).tolist()
        [0.0, 0.20000000298023224, 1.0]
    """
    values = np.asarray(images)
    if values.dtype == np.uint8:
        return values.astype(np.float32) / np.float32(255)
    # NaN is in no range.
    if values.dtype.kind != "f" or not ((values >= 0) & (values <= 1)).all():
        raise UsageError(
            f"Images of the type {values.dtype} are given, or numbers outside of 0 to 1. Expected "
            "uint8, or floating-point numbers from 0 to 1. Divide by the largest brightness."
        )
    return values.astype(np.float32)
