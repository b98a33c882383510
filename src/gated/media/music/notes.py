"""Defines the notes of a piece as arrays: onset, duration, pitch and voice of each.

Times are in quarter notes, as in a score, so that a piece does not depend on its tempo.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from gated.arrays import FloatArray, IntArray
from gated.errors import UsageError
from gated.text import grouped

__all__ = ["Music"]

PITCHES = 128
"""MIDI pitches: 0 to 127; 60 is the middle C."""


@dataclass(frozen=True, eq=False)
class Music:
    """The notes of a piece, sorted by onset, then pitch. `Music.of` sorts and converts.

    Attributes:
        onset: float64 [N] in quarter notes, from 0.
        duration: float64 [N] in quarter notes, above 0.
        pitch: int64 [N] MIDI pitch, 0 to 127.
        voice: int64 [N] from 0; of a file, 0 is the first track with notes.
        tempo: quarter notes a minute.
        notes: what was changed or left out.

    Raises:
        UsageError: the arrays differ in length or type, are not sorted, or a value is out of range.
    """

    onset: FloatArray
    duration: FloatArray
    pitch: IntArray
    voice: IntArray
    tempo: float = 120.0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shapes = [array.shape for array in (self.onset, self.duration, self.pitch, self.voice)]
        if len(set(shapes)) != 1 or len(shapes[0]) != 1:
            raise UsageError(
                f"The onsets, durations, pitches and voices have the shapes {_listed(shapes)}. "
                "Expected four arrays [N] of one length. Give one of each for every note."
            )
        kinds = [array.dtype.kind for array in (self.onset, self.duration, self.pitch, self.voice)]
        if kinds != ["f", "f", "i", "i"]:
            raise UsageError(
                "The onsets and durations are not floating-point numbers, or the pitches and "
                "voices are not whole numbers. Expected float64 and int64. Build the notes with "
                "Music.of, which converts them."
            )
        _require(self.onset >= 0, self.onset, "an onset", "0 or more quarter notes")
        _require(self.duration > 0, self.duration, "a duration", "more than 0 quarter notes")
        in_range = (self.pitch >= 0) & (self.pitch < PITCHES)
        _require(in_range, self.pitch, "a pitch", "MIDI pitches from 0 to 127")
        _require(self.voice >= 0, self.voice, "a voice", "voices from 0")
        if not (np.isfinite(self.tempo) and self.tempo > 0):
            raise UsageError(
                f"The tempo is {self.tempo:g}. Expected more than 0 quarter notes a minute. Choose "
                "a usual one, such as 120."
            )
        order = np.lexsort((self.pitch, self.onset))
        if not (np.diff(order) > 0).all():
            raise UsageError(
                "The notes are not in order. Expected them sorted by onset, then pitch. Build them "
                "with Music.of, which sorts them."
            )

    @classmethod
    def of(
        cls,
        onset: npt.ArrayLike,
        duration: npt.ArrayLike,
        pitch: npt.ArrayLike,
        voice: npt.ArrayLike | None = None,
        tempo: float = 120.0,
        notes: tuple[str, ...] = (),
    ) -> Self:
        """Convert and sort the notes of a piece.

        Args:
            onset, duration: [N] numbers, in quarter notes.
            pitch: [N] whole numbers, MIDI pitches.
            voice: [N] whole numbers; all 0 by default.
            tempo: quarter notes a minute.
            notes: what was changed or left out.

        Raises:
            UsageError: as of the class.

        Example:
            >>> Music.of([1, 0], [1, 2], [64, 60]).pitch
            array([60, 64])
        """
        times = [_as_float(values) for values in (onset, duration)]
        pitches = _as_int(pitch)
        voices = np.zeros(pitches.shape, np.int64) if voice is None else _as_int(voice)
        arrays: list[FloatArray | IntArray] = [*times, pitches, voices]
        if len({array.shape for array in arrays}) == 1 and pitches.ndim == 1:
            # Ends and voices decide between notes of one onset and pitch: the order is always the
            # same.
            order = np.lexsort((voices, times[1], pitches, times[0]))
            times, pitches, voices = [t[order] for t in times], pitches[order], voices[order]
        return cls(times[0], times[1], pitches, voices, tempo, notes)

    @property
    def end(self) -> FloatArray:
        """float64 [N] the end of each note in quarter notes."""
        return self.onset + self.duration


def _as_float(values: npt.ArrayLike) -> FloatArray:
    array = np.asarray(values)
    return array.astype(np.float64) if array.dtype.kind in "iuf" or not array.size else array


def _as_int(values: npt.ArrayLike) -> IntArray:
    array = np.asarray(values)
    return array.astype(np.int64) if array.dtype.kind in "iu" or not array.size else array


def _require(
    right: npt.NDArray[np.bool_], values: FloatArray | IntArray, what: str, expected: str
) -> None:
    """Refuse the first value that is not right, or not finite."""
    wrong = ~(right & np.isfinite(values))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        found = values[at]
        shown = grouped(int(found)) if values.dtype.kind == "i" else f"{found:g}"
        raise UsageError(
            f"Note {at} has {what} of {shown}. Expected {expected}. Correct the note or remove it."
        )


def _listed(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join(str(list(shape)) for shape in shapes)
