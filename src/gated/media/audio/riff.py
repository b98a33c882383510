"""Reads the samples of a WAV file: whole numbers of 8 to 32 bits and floating-point numbers.

The layout is that of Microsoft and IBM, "Multimedia Programming Interface and Data Specifications
1.0" (1991), with WAVE_FORMAT_EXTENSIBLE. Python's `wave` reads it from Python 3.12 on, and no
floating-point numbers.
"""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["UnknownCodecError", "is_riff", "read_riff"]

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_UNKNOWN_SIZE = 0xFFFFFFFF  # of programs that write to a pipe: the samples last until the end
_HEADER = 12


class UnknownCodecError(Exception):
    """The samples are compressed or have an unusual size."""


@dataclass(frozen=True)
class _Format:
    """The chunk `fmt `."""

    tag: int
    channels: int
    rate: int
    width: int  # bytes a sample


def is_riff(content: bytes) -> bool:
    """Return whether a file begins as a WAV file does."""
    return content[:4] == b"RIFF" and content[8:_HEADER] == b"WAVE"


def read_riff(content: bytes) -> tuple[NDArray[np.float32], int]:
    """Return the samples, float32 [N, channels], and the rate of a WAV file.

    Whole numbers are scaled to −1 to 1; floating-point numbers stay as they are.

    Raises:
        ValueError: the file is damaged or cut off; the message gives the reason.
        UnknownCodecError: the samples are compressed or have an unusual size.
    """
    chunks = _chunks(content)
    if b"fmt " not in chunks:
        raise ValueError("it has no description of its samples (chunk `fmt `)")
    form = _format(content, *chunks[b"fmt "])
    if b"data" not in chunks:
        raise ValueError("it is cut off before its samples (chunk `data`)")
    begin, size = chunks[b"data"]
    there, frame = len(content) - begin, form.channels * form.width
    if size == _UNKNOWN_SIZE:
        size = there
    if size > there:
        raise ValueError(f"it is cut off: it has {there // frame:,} of {size // frame:,} samples")
    data = content[begin : begin + size // frame * frame]
    return _values(data, form).reshape(-1, form.channels), form.rate


def _chunks(content: bytes) -> dict[bytes, tuple[int, int]]:
    """Begin and size of the first chunk of each name."""
    found: dict[bytes, tuple[int, int]] = {}
    at = _HEADER
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        found.setdefault(name, (at + 8, size))
        at += 8 + size + size % 2
    return found


def _format(content: bytes, begin: int, size: int) -> _Format:
    chunk = content[begin : begin + size]
    if len(chunk) < 16:
        raise ValueError("the description of its samples is cut off")
    tag, channels, rate, _, frame, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE and len(chunk) >= 26:
        (tag,) = struct.unpack_from("<H", chunk, 24)
    if (tag, bits) not in {
        (_PCM, 8),
        (_PCM, 16),
        (_PCM, 24),
        (_PCM, 32),
        (_FLOAT, 32),
        (_FLOAT, 64),
    }:
        raise UnknownCodecError(f"its codec has the number {tag}, with {bits} bits a sample")
    if channels == 0 or frame != channels * bits // 8:
        raise ValueError(f"{channels} channels of {bits} bits do not fit {frame} bytes")
    return _Format(tag, channels, rate, bits // 8)


def _values(data: bytes, form: _Format) -> NDArray[np.float32]:
    """[N · channels] the samples."""
    if form.tag == _FLOAT:
        with np.errstate(over="ignore"):  # numbers beyond float32 become infinite
            return np.frombuffer(data, f"<f{form.width}").astype(np.float32)
    if form.width == 1:
        return np.frombuffer(data, np.uint8).astype(np.float32) / np.float32(128) - np.float32(1)
    if form.width == 3:
        wide = np.zeros((len(data) // 3, 4), np.uint8)  # the lowest byte is 0
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        data, width = wide.tobytes(), 4
    else:
        width = form.width
    scaled = np.frombuffer(data, f"<i{width}") / 2.0 ** (8 * width - 1)
    return scaled.astype(np.float32)
