"""Reads images, and folders of images of one size, as arrays of grey pixels."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError, UsageError
from gated.media.images.decoding import (
    Decoded,
    decode,
    is_image_file,
    require_pillow,
    scaled,
)
from gated.text import counted, listed, option, option_name

__all__ = ["GreyImage", "ImageFolder", "read_image", "read_image_folder", "stretched"]

_LARGEST_SIDE = 10_000
_EXPECTED = "Expected a folder with images (PNG, JPEG, GIF or BMP), also in its sub-folders."


@dataclass(frozen=True)
class GreyImage:
    """An image without colours.

    Attributes:
        pixels: uint8 [H, W], 0 is black.
        notes: what was changed.
    """

    pixels: NDArray[np.uint8]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImageFolder:
    """The images of a folder, all of one size.

    Attributes:
        images: uint8 [N, H, W], 0 is black.
        paths: the file of each.
        notes: what was left out or changed.
    """

    images: NDArray[np.uint8]
    paths: list[Path]
    notes: tuple[str, ...]


def read_image(path: str | Path) -> GreyImage:
    """Read an image as grey pixels.

    Colours are converted by their luminance (ITU-R 601: 0.299 red, 0.587 green, 0.114 blue),
    transparent pixels are placed on white, a photograph is turned as its metadata say, and of
    several frames the first is read. Notes say all of this.

    Args:
        path: of a PNG, JPEG, GIF or BMP file of at most 50 million pixels.

    Raises:
        DataError: the file is missing, empty, a folder, no image, damaged or too large.
        UsageError: pillow is not installed (`pip install "gated[images]"`).

    Example:
        >>> import tempfile
        >>> from gated.media.images import write_png
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_png(f"{folder}/red.png", np.full((2, 3, 3), [255, 0, 0], np.uint8))
        ...     image = read_image(f"{folder}/red.png")
        >>> image.pixels.tolist(), image.notes
        ([[76, 76, 76], [76, 76, 76]], ('red.png: colours converted to grey.',))
    """
    path = Path(path)
    found = decode(path)
    return GreyImage(found.pixels, tuple(f"{path.name}: {change}." for change in found.changes))


def read_image_folder(
    folder: str | Path,
    size: tuple[int, int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ImageFolder:
    """Read all images below a folder.

    A file that cannot be read is left out, and a note names it with the reason. Hidden files are
    ignored.

    Args:
        folder: with images, also in its sub-folders.
        size: (H, W) to which images of another size are stretched; by default all images must have
            the same size.
        progress: called with the number of files read, and of all files.

    Raises:
        DataError: it is no folder, has no image that can be read, or images of unequal size where
            no size is given.
        UsageError: pillow is not installed, or the size is out of range.

    Example:
        >>> import tempfile
        >>> from gated.media.images import write_png
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_png(f"{folder}/a.png", np.zeros((28, 28), np.uint8))
        ...     write_png(f"{folder}/b.png", np.zeros((20, 28), np.uint8))
        ...     found = read_image_folder(folder, size=(14, 14))
        >>> found.images.shape
        (2, 14, 14)
    """
    if size is not None:
        _check_size(size)
    folder = Path(folder)
    files, notes = _files(folder)
    found: dict[Path, Decoded] = {}
    sizes: dict[Path, tuple[int, int]] = {}  # of the files
    for index, path in enumerate(files):
        try:
            one = decode(path)
        except DataError as error:
            reason = str(error).removeprefix(str(path)).lstrip(": ")
            notes.append(f"{path.relative_to(folder)} is left out: {reason}")
        else:
            height, width = one.pixels.shape
            sizes[path] = (height, width)
            found[path] = one if size is None else Decoded(scaled(one.pixels, *size), one.changes)
        if progress is not None:
            progress(index + 1, len(files))
    if not found:
        raise DataError(
            f"{folder}: no file can be read of {counted(len(files), 'image')}. {_EXPECTED} The "
            f"first one: {notes[-len(files)]}"
        )
    if size is None:
        __check_sizes(folder, sizes)
    notes += _changes(folder, found, sizes, size)
    images = np.stack([one.pixels for one in found.values()])
    return ImageFolder(images, list(found), tuple(notes))


def stretched(images: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return images [N, H, W] at another size, stretched where the proportions differ.

    Raises:
        UsageError: the size is out of range, or pillow is not installed.

    Example:
        >>> stretched(np.zeros((2, 3, 4), np.uint8), 6, 6).shape
        (2, 6, 6)
    """
    _check_size((height, width))
    require_pillow("images of another size")
    return np.stack([scaled(image, height, width) for image in images])


def _check_size(size: tuple[int, int]) -> None:
    """Check the (height, width) that a caller gave.

    Raises:
        UsageError: it is out of range.
    """
    if not all(1 <= side <= _LARGEST_SIDE for side in size):
        raise UsageError(
            f"{option_name('size')} is {size[0]} × {size[1]}. Expected height and width from 1 to "
            f"{_LARGEST_SIDE:,} pixels, such as 28 × 28 for images of the size of MNIST's."
        )


def _files(folder: Path) -> tuple[list[Path], list[str]]:
    """All images below the folder, sorted, and a note on other files."""
    if not folder.is_dir():
        found = "is not a folder" if folder.exists() else "there is no such folder"
        raise DataError(f"{folder}: {found}. {_EXPECTED} Check the name.")
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.is_dir()
    ]
    images = [path for path in files if is_image_file(path)]
    if not images:
        raise DataError(f"{folder}: has no image. {_EXPECTED} Check the name of the folder.")
    others = len(files) - len(images)
    if not others:
        return images, []
    return images, [f"{folder}: {counted(others, 'file')} of other kinds than images left out."]


def __check_sizes(folder: Path, sizes: dict[Path, tuple[int, int]]) -> None:
    counts = Counter(sizes.values())
    if len(counts) == 1:
        return
    common = counts.most_common()
    usual = "{} × {}".format(*common[0][0])
    each = ", ".join(f"{count:,} of {high} × {wide}" for (high, wide), count in common[:5])
    more = f", and {counted(len(common) - 5, 'other size')}" if len(common) > 5 else ""
    raise DataError(
        f"{folder}: the images differ in size: {each} pixels (height × width){more}. Expected one "
        f"size. Pass {option('size')} to stretch all to one, such as the most frequent, {usual}."
    )


def _changes(
    folder: Path,
    found: dict[Path, Decoded],
    sizes: dict[Path, tuple[int, int]],
    size: tuple[int, int] | None,
) -> list[str]:
    """Notes on the images that were changed, one for each kind of change."""
    kinds: dict[str, list[Path]] = {}
    for path, one in found.items():
        for change in one.changes:
            kinds.setdefault(change, []).append(path)
        if size is not None and sizes[path] != size:
            kinds.setdefault(f"stretched to {size[0]} × {size[1]} pixels", []).append(path)
    return [
        f"{folder}: {len(paths):,} of {counted(len(found), 'image')}: {change}: "
        f"{listed((path.relative_to(folder) for path in paths), limit=3)}."
        for change, paths in sorted(kinds.items())
    ]
