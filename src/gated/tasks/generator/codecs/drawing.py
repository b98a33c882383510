"""Converts drawings: the points of pen strokes.

x_t = Δx/σ, Δy/σ, pen, place on the page         Ha & Eck 2017 (arXiv 1704.03477): stroke-5
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray
from gated.errors import DataError
from gated.tasks.generator.codecs.base import Codec, Defaults, History, Symbols, as_numbers
from gated.tasks.generator.heads import HeadConfig
from gated.tasks.generator.heads.mixture import END, PENS
from gated.tasks.generator.steps import Steps

__all__ = ["DrawingCodec"]

_COMPONENTS = 20
_PLACE = 0.2  # of a unit: places are some deltas wide
# An input: Δx, Δy of the last point, its pen, the place on the page, that since the pen was lifted,
# and whether a point came before.
_WIDTH = 2 + 2 + 2 + 2 + 1
_SCALED = 0.15  # of the augmentation
_DROPPED = 0.1


class DrawingCodec(Codec):
    """A piece is an array [T, 3] of Δx, Δy and the pen: 1 where it is lifted after the point.

    A symbol is (Δx/σ, Δy/σ, pen), and one more ends the drawing.

    Args:
        scale: σ, the standard deviation of the Δx and Δy of the training.

    Example:
        >>> codec = DrawingCodec(2.0)
        >>> codec.decode(codec.encode([[2, 0, 0], [0, 4, 1]], "drawing")).tolist()
        [[2.0, 0.0, 0.0], [0.0, 4.0, 1.0]]
    """

    medium: ClassVar[str] = "drawing"
    unit: ClassVar[str] = "point"
    length_unit: ClassVar[str] = "points"
    length: ClassVar[int] = 500
    defaults: ClassVar[Defaults] = Defaults(256, 2, 0.1, 200, 64, 3_000, 3e-3)

    def __init__(self, scale: float) -> None:
        self.scale = scale

    @classmethod
    def _learned(cls, pieces: Sequence[Any], names: Sequence[str]) -> Self:
        """See `Codec`."""
        points = [_checked(piece, name) for piece, name in zip(pieces, names, strict=True)]
        scale = float(np.concatenate([each[:, :2] for each in points]).std())
        if scale == 0:
            raise DataError("All points of the drawings are at one place. Expected strokes.")
        return cls(scale)

    @property
    def width(self) -> int:
        """See `Codec`."""
        return _WIDTH

    @property
    def head(self) -> HeadConfig:
        """See `Codec`."""
        return HeadConfig("mixture", _COMPONENTS)

    def encode(self, piece: Any, name: str) -> Symbols:
        """See `Codec`."""
        return np.append(self.encode_prompt(piece, name), [[0, 0, END]], 0).astype(np.float32)

    def encode_prompt(self, piece: Any, name: str = "The prompt") -> Symbols:
        """See `Codec`: without the end."""
        points = _checked(piece, name)
        return np.asarray(points / [self.scale, self.scale, 1], dtype=np.float32)

    def stacked(self, symbols: Sequence[Any]) -> Symbols:
        """See `Codec`."""
        return np.array(symbols, dtype=np.float32).reshape(-1, PENS)

    def decode(self, symbols: Symbols) -> NDArray[np.float32]:
        """See `Codec`."""
        points = symbols[symbols[:, 2] != END]
        return np.asarray(points * [self.scale, self.scale, 1], dtype=np.float32)

    def steps(self, symbols: Symbols, begin: int, end: int) -> Steps:
        """See `Codec`."""
        before = symbols[: end - 1]
        deltas, is_up = before[:, :2], before[:, 2] == 1
        places = deltas.cumsum(0)
        # Where the pen was lifted last: at that point the place since then begins at 0.
        lifted = np.maximum.accumulate(np.where(is_up, np.arange(len(before)), -1))
        origin = np.where(lifted[:, None] >= 0, places[lifted], 0)
        rows = np.concatenate(
            [
                deltas,
                np.stack([~is_up, is_up], 1),
                _PLACE * places,
                _PLACE * (places - origin),
                np.ones((len(before), 1)),
            ],
            1,
        )
        inputs = np.concatenate([np.zeros((1, _WIDTH)), rows])[begin:end].astype(np.float32)
        targets = symbols[begin:end]
        every = np.ones(len(targets), dtype=bool)
        allowed = np.ones((len(targets), PENS), dtype=bool)
        allowed[: max(1 - begin, 0), END] = False  # a drawing has a point
        return Steps(inputs, targets, allowed, every, targets[:, 2] != END)

    def augmented(self, symbols: Symbols, generator: np.random.Generator) -> Symbols:
        """See `Codec`: stretch each axis, and leave out points within strokes."""
        varied = symbols * np.append(generator.uniform(1 - _SCALED, 1 + _SCALED, 2), 1)
        inside = (varied[1:-1, 2] == 0) & (varied[:-2, 2] == 0) & (varied[2:, 2] == 0)
        dropped = np.flatnonzero(inside & (generator.random(len(inside)) < _DROPPED)) + 1
        for index in dropped:
            varied[index + 1, :2] += varied[index, :2]
        return np.asarray(np.delete(varied, dropped, 0), dtype=np.float32)

    def history(self) -> History:
        """See `Codec`."""
        return _DrawingHistory()

    def to_json(self) -> dict[str, Any]:
        """See `Codec`."""
        return {"scale": self.scale}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """See `Codec`."""
        scale = stored["scale"]
        if type(scale) is not float or not 0 < scale < np.inf:
            raise ValueError("codec.scale is no positive number")
        return cls(scale)


class _DrawingHistory(History):
    """The last point and its place."""

    def __init__(self) -> None:
        self._last = np.zeros(PENS, dtype=np.float32)
        self._place, self._origin = np.zeros(2, np.float32), np.zeros(2, np.float32)
        self._length, self._ended = 0, False

    def inputs(self) -> NDArray[np.float32]:
        if self._length == 0:
            return np.zeros(_WIDTH, dtype=np.float32)
        is_up = self._last[2] == 1
        return np.concatenate(
            [
                self._last[:2],
                [not is_up, is_up],
                _PLACE * self._place,
                _PLACE * (self._place - self._origin),
                [1],
            ]
        ).astype(np.float32)

    def allowed(self) -> BoolArray:
        return np.array([True, True, self._length > 0])

    def push(self, symbol: Any) -> None:
        if symbol[2] == END:
            self._ended = True
            return
        self._last = np.array(symbol, dtype=np.float32)
        self._place = self._place + self._last[:2]
        if self._last[2] == 1:
            self._origin = self._place
        self._length += 1

    @property
    def length(self) -> int:
        return self._length

    @property
    def is_complete(self) -> bool:
        return self._ended

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "last": self._last.copy(),
            "place": np.stack([self._place, self._origin]),
            "count": np.array([self._length, int(self._ended)]),
        }

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._last = np.array(arrays["last"])
        self._place, self._origin = np.array(arrays["place"])
        self._length, self._ended = int(arrays["count"][0]), bool(arrays["count"][1])


def _checked(piece: Any, name: str) -> NDArray[np.float64]:
    points = as_numbers(piece, name)
    if points.ndim != 2 or points.shape[1] != 3 or points.dtype.kind not in "iuf":
        raise DataError(
            f"{name} has the shape {list(points.shape)} and the type {points.dtype}. Expected "
            "numbers [T, 3]: Δx, Δy, and 1 where the pen is lifted."
        )
    if not len(points):
        raise DataError(f"{name} has no point. Expected at least one.")
    if not np.isfinite(points).all():
        raise DataError(f"{name} has values that are not finite. Expected finite numbers.")
    if not np.isin(points[:, 2], (0, 1)).all():
        raise DataError(f"{name} has a pen other than 0 and 1. Expected 1 where it is lifted.")
    return points.astype(np.float64)
