"""Small pieces of every medium."""

from typing import Any

import numpy as np

__all__ = ["PIECES", "pieces_of"]


def pieces_of(medium: str, count: int = 4, seed: int = 0) -> list[Any]:
    """Pieces of unequal length where the medium allows it."""
    rng = np.random.default_rng(seed)
    return [PIECES[medium](rng) for _ in range(count)]


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


PIECES = {
    "text": _text,
    "music": _roll,
    "voices": _voices,
    "drawing": _drawing,
    "image": _image,
}
