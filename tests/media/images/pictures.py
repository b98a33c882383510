"""Images and image files for tests, not by the code under test."""

import io
from pathlib import Path

import numpy as np
import pytest


def pillow():
    return pytest.importorskip("PIL.Image", reason="pillow, which reads images, is not installed")


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def encoded(pixels: np.ndarray, form: str = "PNG", mode: str | None = None, **options) -> bytes:
    """The content of an image file, by pillow."""
    buffer = io.BytesIO()
    image = pillow().fromarray(pixels)
    (image if mode is None else image.convert(mode)).save(buffer, form, **options)
    return buffer.getvalue()


def save(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
