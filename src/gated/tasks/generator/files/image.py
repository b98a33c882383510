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
    stretched,
    thresholded,
    write_png,
)
from gated.tasks.generator.codecs import Codec
from gated.tasks.generator.files.base import FileFormat, PieceFiles, ReadAs
from gated.tasks.limits import IDX_ENDINGS

__all__ = ["IMAGE"]


def _read_images(path: Path, read_as: ReadAs) -> PieceFiles:
    notes: list[str]
    if path.is_dir():
        folder = read_image_folder(path, read_as.size)
        grey, notes = folder.images, list(folder.notes)
        names = list(map(str, folder.paths))
    elif path.name.lower().endswith(IDX_ENDINGS):
        grey, notes = read_idx(path), []
        if grey.ndim != 3:
            raise DataError(
                f"{path}: holds an array of {grey.ndim} axes. Expected images [N, height, width]."
            )
        names = [f"{path}, image {index}" for index in range(len(grey))]
    else:
        image = read_image(path)
        grey, notes, names = image.pixels[None], list(image.notes), [str(path)]
    if read_as.size is not None and grey.shape[1:] != read_as.size:
        grey = stretched(grey, *read_as.size)
        notes.append(f"{path}: stretched to {read_as.size[0]} × {read_as.size[1]} pixels.")
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
    reader=_read_images,
    prompt=_image_prompt,
    writer=_write_images,
)
