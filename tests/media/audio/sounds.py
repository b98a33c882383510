"""Sounds and files of sound for tests."""

import struct
from pathlib import Path

import numpy as np
import pytest

RATE = 8_000


def tone(hertz: float, seconds: float = 0.1, rate: int = RATE) -> np.ndarray:
    """A sine of half the full volume."""
    time = np.arange(round(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def riff(*chunks: bytes) -> bytes:
    content = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content)) + content


def form(
    tag: int = 1, channels: int = 1, rate: int = RATE, bits: int = 16, more: bytes = b""
) -> bytes:
    frame = channels * bits // 8
    values = struct.pack("<HHIIHH", tag, channels, rate, rate * frame % 2**32, frame, bits)
    return chunk(b"fmt ", values + more)


def write(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    """A WAV file of 16 bits of samples [N] or [N, channels], not by the code under test."""
    path.parent.mkdir(parents=True, exist_ok=True)
    by_channel = samples.reshape(len(samples), -1)
    whole = np.round(by_channel * 32_767).astype("<i2").tobytes()
    head = form(channels=by_channel.shape[1], rate=rate)
    path.write_bytes(riff(head, chunk(b"data", whole)))
    return path


def soundfile():
    return pytest.importorskip("soundfile", reason="soundfile, which writes FLAC, is not installed")


def save(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
