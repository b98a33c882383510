"""Converts images to arrays and back: IDX, PNG, folders; grey to black and white; many on one."""

from gated.media.images.binarise import binarised, thresholded
from gated.media.images.idx import read_idx, write_idx
from gated.media.images.png import write_png
from gated.media.images.reading import (
    GreyImage,
    ImageFolder,
    read_image,
    read_image_folder,
    stretched,
)
from gated.media.images.sheet import contact_sheet
from gated.png import png_bytes

__all__ = [
    "GreyImage",
    "ImageFolder",
    "binarised",
    "contact_sheet",
    "png_bytes",
    "read_idx",
    "read_image",
    "read_image_folder",
    "stretched",
    "thresholded",
    "write_idx",
    "write_png",
]
