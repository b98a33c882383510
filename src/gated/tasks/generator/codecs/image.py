"""Converts images of two tones: pixel after pixel, row by row, from the top left.

The input of a pixel is the image around it as far as it is known: the rows above, and the pixels to
its left. The recurrence carries the rest. (van den Oord et al. 2016, arXiv 1601.06759.)
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from gated.arrays import BoolArray
from gated.errors import DataError
from gated.tasks.generator.codecs.base import Codec, Defaults, History, Symbols, as_numbers
from gated.tasks.generator.heads import HeadConfig
from gated.tasks.generator.steps import Steps

__all__ = ["ImageCodec"]

_ABOVE = 7  # rows
_ASIDE = 7  # columns, to each side
_SPAN = 2 * _ASIDE + 1
_LARGEST_SIDE = 512


class ImageCodec(Codec):
    """A piece is an image [height, width] of 0 and 1; all of one size.

    A symbol is a pixel. A prompt is the upper part of an image, [rows, width].

    Args:
        height, width: of an image, in pixels.

    Example:
        >>> codec = ImageCodec.learn([np.eye(3)])
        >>> codec.decode(codec.encode(np.eye(3), "image")).astype(int).tolist()
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    """

    medium: ClassVar[str] = "image"
    unit: ClassVar[str] = "image"
    length_unit: ClassVar[str] = "images"
    length: ClassVar[int] = 1
    defaults: ClassVar[Defaults] = Defaults(192, 1, 0.0, 784, 32, 3_000, 3e-3)

    def __init__(self, height: int, width: int) -> None:
        self.size = (height, width)

    @classmethod
    def _learned(cls, pieces: Sequence[Any], names: Sequence[str]) -> Self:
        """See `Codec`."""
        first = _checked(pieces[0], names[0])
        for piece, name in zip(pieces, names, strict=True):
            shape = _checked(piece, name).shape
            if shape != first.shape:
                raise DataError(
                    f"{name} has {shape[0]} × {shape[1]} pixels. Expected {first.shape[0]} × "
                    f"{first.shape[1]}, as {names[0]}. Bring all images to one size."
                )
        return cls(*first.shape)

    @property
    def width(self) -> int:
        """See `Codec`."""
        return _ABOVE * _SPAN + _ASIDE + sum(self.size)

    @property
    def head(self) -> HeadConfig:
        """See `Codec`."""
        return HeadConfig("categorical", 2)

    def encode(self, piece: Any, name: str) -> Symbols:
        """See `Codec`."""
        image = _checked(piece, name)
        if image.shape != self.size:
            raise DataError(
                f"{name} has {image.shape[0]} × {image.shape[1]} pixels. Expected {self.size[0]} × "
                f"{self.size[1]}, as in training."
            )
        return image.flatten().astype(np.int64)

    def encode_prompt(self, piece: Any) -> Symbols:
        """See `Codec`: the upper rows of an image."""
        rows = _checked(piece, "The prompt")
        if rows.shape[1] != self.size[1] or len(rows) >= self.size[0]:
            raise DataError(
                f"The prompt has {rows.shape[0]} × {rows.shape[1]} pixels. Expected fewer than "
                f"{self.size[0]} rows of {self.size[1]} pixels: the upper part of an image."
            )
        return rows.flatten().astype(np.int64)

    def decode(self, symbols: Symbols) -> BoolArray:
        """See `Codec`."""
        return symbols.reshape(-1, self.size[1]).astype(bool)

    def joined(self, parts: list[Any], prompt: Any = None) -> BoolArray:
        """See `Codec`: the whole image, with the rows of the prompt."""
        rows = [] if prompt is None else [np.asarray(prompt).astype(bool)]
        return np.concatenate([*rows, *parts]) if parts else self.decode(self.stacked([]))

    def steps(self, symbols: Symbols, begin: int, end: int) -> Steps:
        """See `Codec`."""
        height, width = self.size
        image = np.zeros(height * width, dtype=np.float32)
        image[: min(end, len(symbols))] = symbols[:end]
        padded = np.pad(image.reshape(height, width), ((_ABOVE, 0), (_ASIDE, _ASIDE)))
        windows = sliding_window_view(padded, (_ABOVE + 1, _SPAN))
        pixel = np.arange(begin, end)
        around = windows[pixel // width, pixel % width].reshape(len(pixel), -1)
        inputs = np.zeros((len(pixel), self.width), dtype=np.float32)
        known = _ABOVE * _SPAN + _ASIDE
        inputs[:, :known] = around[:, :known]
        position = np.arange(len(pixel))
        inputs[position, known + pixel // width] = 1
        inputs[position, known + height + pixel % width] = 1
        every = np.ones(len(pixel), dtype=bool)
        return Steps(inputs, symbols[begin:end], None, every, pixel == height * width - 1)

    def history(self) -> History:
        """See `Codec`."""
        return _ImageHistory(self)

    def to_json(self) -> dict[str, Any]:
        """See `Codec`."""
        return {"height": self.size[0], "width": self.size[1]}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """See `Codec`."""
        size = stored["height"], stored["width"]
        if any(type(side) is not int or not 1 <= side <= _LARGEST_SIDE for side in size):
            raise ValueError("codec.height or width is out of range")
        return cls(*size)


class _ImageHistory(History):
    """The image so far, with a margin of zeros."""

    def __init__(self, codec: ImageCodec) -> None:
        self._codec = codec
        height, width = codec.size
        self._padded = np.zeros((height + _ABOVE, width + 2 * _ASIDE), dtype=np.float32)
        self._count = 0
        self._inputs = np.zeros(codec.width, dtype=np.float32)

    def inputs(self) -> NDArray[np.float32]:
        height, width = self._codec.size
        row, column = divmod(self._count, width)
        x, known = self._inputs, _ABOVE * _SPAN
        x[:known] = self._padded[row : row + _ABOVE, column : column + _SPAN].reshape(-1)
        x[known : known + _ASIDE] = self._padded[row + _ABOVE, column : column + _ASIDE]
        x[known + _ASIDE :] = 0
        x[known + _ASIDE + row] = 1
        x[known + _ASIDE + height + column] = 1
        return x

    def push(self, symbol: Any) -> None:
        row, column = divmod(self._count, self._codec.size[1])
        self._padded[row + _ABOVE, column + _ASIDE] = symbol
        self._count += 1

    @property
    def length(self) -> int:
        return self._count // (self._codec.size[0] * self._codec.size[1])

    @property
    def room(self) -> int:
        return self._codec.size[0] * self._codec.size[1] - self._count

    @property
    def is_complete(self) -> bool:
        return self.length == 1

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"image": self._padded.copy(), "count": np.array([self._count])}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._padded = np.array(arrays["image"], dtype=np.float32)
        self._count = int(arrays["count"][0])


def _checked(piece: Any, name: str) -> BoolArray:
    image = as_numbers(piece, name)
    if image.ndim != 2 or not 0 < min(image.shape) <= max(image.shape) <= _LARGEST_SIDE:
        raise DataError(
            f"{name} has the shape {list(image.shape)}. Expected [height, width], each from 1 to "
            f"{_LARGEST_SIDE} pixels."
        )
    if image.dtype != bool and not np.isin(image, (0, 1)).all():
        raise DataError(
            f"{name} has values other than 0 and 1. Expected two tones. Convert grey images with "
            "gated.media.images first."
        )
    return image.astype(bool)
