"""Places many images on one."""

import math

import numpy as np
from numpy.typing import NDArray

from gated.errors import UsageError
from gated.media.images.binarise import shares_of_white

__all__ = ["contact_sheet"]

_BETWEEN = 128  # grey, so that the edges of black and of white images are visible


def contact_sheet(
    images: NDArray[np.uint8] | NDArray[np.floating] | NDArray[np.bool_],
    columns: int | None = None,
    gap: int = 2,
    scale: int = 1,
) -> NDArray[np.uint8]:
    """Place images in rows, from left to right, on a grey ground.

    Args:
        images: [N, H, W] uint8, bool, or floating-point numbers from 0 to 1.
        columns: images of a row; by default about as many as there are rows.
        gap: pixels between images.
        scale: by how much each pixel is enlarged.

    Returns:
        uint8 [H', W'].

    Raises:
        UsageError: the images have another shape or type, or a number is out of range.

    Example:
        >>> contact_sheet(np.zeros((5, 28, 28), np.uint8), columns=3).shape
        (58, 88)
    """
    values = np.asarray(images)
    if values.ndim != 3 or values.size == 0:
        raise UsageError(
            f"Images of the shape {list(values.shape)} are given. Expected [N, H, W] with at least "
            "one pixel. Put a single image into a list."
        )
    count, height, width = values.shape
    across = math.ceil(math.sqrt(count)) if columns is None else columns
    if across < 1 or gap < 0 or scale < 1:
        raise UsageError(
            f"columns={columns}, gap={gap} and scale={scale} are given. Expected at least one "
            "column, a gap of 0 or more, and a scale of 1 or more. Pass whole numbers."
        )
    if values.dtype == np.bool_:
        values = values.astype(np.uint8) * np.uint8(255)
    elif values.dtype != np.uint8:
        values = np.round(shares_of_white(values) * 255).astype(np.uint8)
    across = min(across, count)
    down = math.ceil(count / across)
    step_down, step_across = height * scale + gap, width * scale + gap
    sheet = np.full((down * step_down - gap, across * step_across - gap), _BETWEEN, np.uint8)
    for index, image in enumerate(values):
        top, left = index // across * step_down, index % across * step_across
        large = image.repeat(scale, axis=0).repeat(scale, axis=1)
        sheet[top : top + height * scale, left : left + width * scale] = large
    return sheet
