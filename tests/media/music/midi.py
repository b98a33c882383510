"""Bytes of MIDI files for tests, not by the code under test, and comparisons of music."""

import struct
from pathlib import Path

import numpy as np
import pytest

from gated.media.music import Music

QUARTER = 480


def symusic():
    return pytest.importorskip("symusic", reason="symusic, which reads MIDI, is not installed")


def on(pitch: int, channel: int = 0) -> bytes:
    return bytes([0x90 | channel, pitch, 64])


def off(pitch: int, channel: int = 0) -> bytes:
    return bytes([0x80 | channel, pitch, 0])


def tempo(microseconds: int) -> bytes:
    return b"\xff\x51\x03" + microseconds.to_bytes(3, "big")


def track(*events: tuple[int, bytes]) -> bytes:
    """A track of events, each after less than 128 · 128 ticks."""
    times = [bytes([0x80 | wait >> 7, wait & 0x7F]) for wait, _ in events]
    body = b"".join(time + event for time, (_, event) in zip(times, events, strict=True))
    body += b"\x00\xff\x2f\x00"
    return b"MTrk" + struct.pack(">I", len(body)) + body


def note(pitch: int, ticks: int = QUARTER, channel: int = 0) -> list[tuple[int, bytes]]:
    return [(0, on(pitch, channel)), (ticks, off(pitch, channel))]


def midi(*tracks: bytes, ticks: int = QUARTER) -> bytes:
    return b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), ticks) + b"".join(tracks)


def save(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def check_equal(found: Music, expected: Music, tolerance: float = 1e-9) -> None:
    """Times agree up to a tolerance in quarter notes, everything else exactly."""
    np.testing.assert_array_equal(found.pitch, expected.pitch)
    np.testing.assert_array_equal(found.voice, expected.voice)
    np.testing.assert_allclose(found.onset, expected.onset, atol=tolerance, rtol=0)
    np.testing.assert_allclose(found.duration, expected.duration, atol=tolerance, rtol=0)
    # A quarter note has whole microseconds, which may have been cut off or rounded.
    assert found.tempo == pytest.approx(expected.tempo, rel=1.5 * expected.tempo / 60e6)
