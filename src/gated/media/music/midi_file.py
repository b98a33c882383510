"""Writes a standard MIDI file, without another library.

The layout is that of the MIDI Manufacturers Association, "Standard MIDI Files 1.0" (RP-001): a
header, a track with the tempo, then a track for each voice, each a list of events with the time
since the event before.
"""

import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from gated.arrays import IntArray
from gated.errors import UsageError
from gated.files import write_whole
from gated.media.music.notes import Music

__all__ = ["TICKS", "write_midi"]

TICKS = 480
"""Ticks of a quarter note."""

_LONGEST = 0x0FFFFFFF  # the largest time between two events, in ticks
_SLOWEST = 0xFFFFFF  # microseconds of a quarter note: three bytes
_MINUTE = 60_000_000  # microseconds
_DRUMS = 9  # the channel whose notes are drums
_VELOCITY = 80
_END = b"\x00\xff\x2f\x00"


def write_midi(path: str | Path, music: Music) -> None:
    """Write a MIDI file of format 1 with one track for each voice, completely or not at all.

    Onsets and ends are rounded to 1/480 of a quarter note, and a note lasts at least as long; the
    tempo is rounded to a microsecond of a quarter note. Voices are numbered without gaps when the
    file is read again.

    Args:
        path: of the file; an existing one is replaced.
        music: with at least one note.

    Raises:
        UsageError: there is no note, a note lies within another one of its voice and pitch, or the
            piece is too long or too slow for a MIDI file.
        GatedError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_midi(f"{folder}/third.mid", Music.of([0, 0], [4, 4], [60, 64], [0, 1]))
        ...     Path(f"{folder}/third.mid").read_bytes()[:4]
        b'MThd'
    """
    write_whole(path, _content(music))


def _content(music: Music) -> bytes:
    if not len(music.pitch):
        raise UsageError(
            "The music has no notes. Expected at least one, because programs refuse a MIDI file "
            "without notes. Generate a longer piece, or write nothing."
        )
    quarter = round(_MINUTE / music.tempo)
    if not 1 <= quarter <= _SLOWEST:
        raise UsageError(
            f"The tempo is {music.tempo:g} quarter notes a minute. Expected "
            f"{_MINUTE / _SLOWEST:.2f} to {_MINUTE:,}, which a MIDI file can hold. Choose a usual "
            "one, such as 120."
        )
    longest = _LONGEST / TICKS
    if music.end.max() > longest:
        raise UsageError(
            f"The music ends after {music.end.max():.3g} quarter notes. Expected at most "
            f"{longest:,.0f}, which a MIDI file can hold. Correct the onsets, or split the piece."
        )
    begin = np.rint(music.onset * TICKS).astype(np.int64)
    end = np.maximum(np.rint(music.end * TICKS).astype(np.int64), begin + 1)
    tracks = [_track([(0, b"\xff\x51\x03" + quarter.to_bytes(3, "big"))])]
    for index, voice in enumerate(np.unique(music.voice)):
        of_voice = music.voice == voice
        _require_order(begin[of_voice], end[of_voice], music.pitch[of_voice], int(voice))
        channel = index % 15  # of 16, without that of drums
        channel += channel >= _DRUMS
        tracks.append(
            _track(_events(begin[of_voice], end[of_voice], music.pitch[of_voice], channel))
        )
    head = struct.pack(">4sIHHH", b"MThd", 6, 1, len(tracks), TICKS)
    return head + b"".join(tracks)


def _require_order(begin: IntArray, end: IntArray, pitch: IntArray, voice: int) -> None:
    """Refuse notes whose ends a reader would exchange: it ends the earliest note of a pitch."""
    for key in np.unique(pitch):
        same = pitch == key
        order = np.lexsort((end[same], begin[same]))
        inside = np.diff(end[same][order]) < 0
        if inside.any():
            quarter = begin[same][order][1:][inside][0] / TICKS
            raise UsageError(
                f"Voice {voice} has a note of the pitch {key} at quarter note {quarter:g} within a "
                "longer one of that pitch. Expected notes of one pitch to end in the order in "
                "which they begin, because a MIDI file does not say which note ends. Shorten the "
                "longer note, or put the other into a voice of its own."
            )


def _events(
    begin: IntArray, end: IntArray, pitch: IntArray, channel: int
) -> list[tuple[int, bytes]]:
    """The events of notes, each with its tick; at one tick, notes end before others begin."""
    events = [
        (int(tick), order, int(key))
        for ticks, order in ((end, 0), (begin, 1))
        for tick, key in zip(ticks, pitch, strict=True)
    ]
    return [
        (tick, bytes([0x80 | order << 4 | channel, key, _VELOCITY * order]))
        for tick, order, key in sorted(events)
    ]


def _track(events: Iterable[tuple[int, bytes]]) -> bytes:
    parts = []
    before = 0
    for tick, event in events:
        parts.append(_variable_length(tick - before) + event)
        before = tick
    body = b"".join(parts) + _END
    return struct.pack(">4sI", b"MTrk", len(body)) + body


def _variable_length(number: int) -> bytes:
    """A number in groups of 7 bits, the highest first; all but the last byte have the bit 8."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))
