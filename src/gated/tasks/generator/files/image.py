"""Files of images: PNG and other kinds, IDX."""

from pathlib import Path
from typing import Any

import numpy as np

from gated.errors import DataError
from gated.media.images import (
    contact_sheet,
    read_idx,
    read_image,
    read_image_folder,
    thresholded,
    write_png,
)
from gated.tasks.generator.codecs import Codec
from gated.tasks.generator.files.base import FileFormat, PieceFiles

__all__ = ["IMAGE"]

_IDX = (".idx", ".gz", "idx3-ubyte")


def _read_images(path: Path) -> PieceFiles:
    notes: list[str]
    if path.is_dir():
        folder = read_image_folder(path)
        grey, notes = folder.images, list(folder.notes)
        names = list(map(str, folder.paths))
    elif path.name.lower().endswith(_IDX):
        grey, notes = read_idx(path), []
        if grey.ndim != 3:
            raise DataError(
                f"{path}: holds an array of {grey.ndim} axes. Expected images [N, height, width]."
            )
        names = [f"{path}, image {index}" for index in range(len(grey))]
    else:
        image = read_image(path)
        grey, notes, names = image.pixels[None], list(image.notes), [str(path)]
    pieces = list(thresholded(grey))
    if not np.isin(grey, (0, 255)).all():
        notes.append("Grey pixels read as white from half of full brightness, else black.")
    return PieceFiles("image", pieces, names, tuple(notes))


def _image_prompt(path: Path, codec: Codec) -> Any:
    """The upper half of an image, which the model completes."""
    image = thresholded(read_image(path).pixels[None])[0]
    return image[: len(image) // 2]


def _write_images(path: Path, pieces: list[Any]) -> None:
    sheet = pieces[0] * np.uint8(255) if len(pieces) == 1 else contact_sheet(np.stack(pieces))
    write_png(path, sheet)


IMAGE = FileFormat(
    read=(".png", ".jpg", ".jpeg", ".gif", ".bmp", *_IDX),
    written=(".png",),
    reader=_read_images,
    prompt=_image_prompt,
    writer=_write_images,
)
