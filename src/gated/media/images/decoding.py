"""Decodes one image file to grey pixels with pillow."""

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError, UsageError
from gated.files import read_content

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Decoded", "decode", "is_image_file", "require_pillow", "scaled"]

_FORMATS = ("PNG", "JPEG", "GIF", "BMP")
_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp")
_MOST_PIXELS = 50_000_000
_EXPECTED = "Expected an image: PNG, JPEG, GIF or BMP."
_AGAIN = "Save it again with an image editor."
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
"""The errors of pillow for damaged files."""
_ROTATED = 0x0112  # the number of the orientation in Exif; 1 is upright


@dataclass(frozen=True)
class Decoded:
    """The pixels of an image file.

    Attributes:
        pixels: uint8 [H, W], 0 is black.
        changes: what was changed, each without the name of the file.
    """

    pixels: NDArray[np.uint8]
    changes: tuple[str, ...]


def is_image_file(path: Path) -> bool:
    """Return whether a file has the suffix of an image.

    >>> is_image_file(Path("a.JPG")), is_image_file(Path("a.txt"))
    (True, False)
    """
    return path.suffix.lower() in _SUFFIXES


def require_pillow(what: str) -> None:
    """Check that pillow is installed.

    Args:
        what: needs it, such as the path of an image.

    Raises:
        UsageError: it is not.
    """
    try:
        import PIL  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"{what}: images are read by pillow, which is not installed. Expected it beside gated. "
            'Install it with pip install "gated[images]", or convert the images to IDX.'
        ) from error


def decode(path: Path) -> Decoded:
    """Read an image file as grey pixels.

    Raises:
        DataError: it is missing, empty, a folder, no image, damaged or too large.
        UsageError: pillow is not installed.
    """
    require_pillow(str(path))
    from PIL import Image, UnidentifiedImageError

    content = read_content(path, _EXPECTED, "Get it again.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # about metadata that is not used
            image = Image.open(io.BytesIO(content), formats=_FORMATS)
            if image.width * image.height > _MOST_PIXELS:
                raise _too_large(path, f"{image.width:,} × {image.height:,}")
            return _grey(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(path, "far more") from error
    except UnidentifiedImageError as error:
        raise DataError(
            f"{path}: is no image, or its beginning is damaged. {_EXPECTED} Check the name."
        ) from error
    except DataError:
        raise
    except _DAMAGED as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise DataError(f"{path}: is damaged ({reason}). {_EXPECTED} {_AGAIN}") from error


def scaled(pixels: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return an image [H, W] at another size, stretched where its proportions differ."""
    from PIL import Image

    if pixels.shape == (height, width):
        return pixels
    image = Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(image)


def _too_large(path: Path, pixels: str) -> DataError:
    return DataError(
        f"{path}: has {pixels} pixels. Expected at most {_MOST_PIXELS:,} in all, because a small "
        "file can fill the memory. Make the image smaller."
    )


def _grey(image: "Image") -> Decoded:
    from PIL import Image, ImageOps

    changes = []
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        changes.append(f"the first of {frames:,} frames is read")
    if image.getexif().get(_ROTATED, 1) != 1:
        image = ImageOps.exif_transpose(image)
        changes.append("turned upright as its metadata say")
    if image.mode.startswith("I"):  # 16 bits, which pillow would cut off at 255
        deep = np.clip(np.asarray(image).astype(np.float64), 0, 65_535)
        changes.append("16 bits a pixel reduced to 8")
        return Decoded(np.round(deep / 257).astype(np.uint8), tuple(changes))
    if image.has_transparency_data:
        whole = image.convert("RGBA")
        if np.asarray(whole)[..., 3].min() < 255:
            changes.append("transparent pixels placed on white")
        white = Image.new("RGBA", whole.size, "white")
        image = Image.alpha_composite(white, whole)
    colours = np.asarray(image.convert("RGB"))
    if (colours == colours[..., :1]).all():
        return Decoded(colours[..., 0].copy(), tuple(changes))
    changes.append("colours converted to grey")
    return Decoded(np.array(image.convert("RGB").convert("L")), tuple(changes))
