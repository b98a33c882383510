"""Small pieces of every medium."""

from typing import Any

import numpy as np

from gated.media.motion import Motion
from tests.media.motion.motions import body

__all__ = ["PIECES", "SMALL", "cut", "is_same", "numbers", "pieces_of"]

SMALL = {"hidden_size": 16, "num_layers": 1, "window": 40, "batch_size": 4, "max_steps": 6}
"""Sizes of a network that trains at once."""


def pieces_of(medium: str, count: int = 4, seed: int = 0) -> list[Any]:
    """Pieces of unequal length where the medium allows it."""
    rng = np.random.default_rng(seed)
    return [PIECES[medium](rng) for _ in range(count)]


def cut(piece: Any, begin: int, end: int | None = None) -> Any:
    """A part of a piece."""
    if isinstance(piece, Motion):
        return Motion(piece.skeleton, piece.values[begin:end], piece.frame_time)
    return piece[begin:end]


def numbers(piece: Any) -> np.ndarray:
    """The numbers of a piece."""
    return np.asarray(piece.values if isinstance(piece, Motion) else piece, dtype=float)


def is_same(a: Any, b: Any) -> bool:
    """Whether two pieces are the same."""
    if isinstance(a, Motion):  # its places are summed up in another order
        return numbers(a).shape == numbers(b).shape and np.allclose(numbers(a), numbers(b))
    return a == b if isinstance(a, str) else np.array_equal(numbers(a), numbers(b))


def _text(rng: np.random.Generator) -> str:
    return "".join(rng.choice(list("ab c\n"), size=rng.integers(20, 60)))


def _roll(rng: np.random.Generator) -> np.ndarray:
    return rng.random((rng.integers(20, 40), 88)) < 0.04


def _voices(rng: np.random.Generator) -> np.ndarray:
    steps = int(rng.integers(20, 50))
    notes = np.repeat(rng.integers(-1, 6, size=(steps, 3)), 2, axis=0)
    return np.where(notes < 0, -1, notes + 60)


def _drawing(rng: np.random.Generator) -> np.ndarray:
    count = int(rng.integers(10, 30))
    deltas = rng.normal(size=(count, 2)) * 5
    return np.column_stack([deltas, rng.random(count) < 0.2]).astype(np.float32)


def _image(rng: np.random.Generator) -> np.ndarray:
    return rng.random((9, 11)) < 0.4


def _motion(rng: np.random.Generator) -> Motion:
    """A body that swings its legs and arms, and begins at the place 0, looking to z."""
    skeleton = body()
    time = np.arange(rng.integers(20, 40))[:, None]
    width = skeleton.width
    values = 40 * np.sin(0.3 * time * rng.uniform(0.5, 1, width) + rng.uniform(0, 6, width))
    values[:, :3] = [0, 88, 0] + np.sin(0.2 * time) * [20, 3, 30]
    values[:, 3:6] = np.sin(0.2 * time) * [5, 60, 5]
    return Motion(skeleton, values, 0.04)


PIECES = {
    "text": _text,
    "music": _roll,
    "voices": _voices,
    "drawing": _drawing,
    "image": _image,
    "motion": _motion,
}
