"""Converts notes to arrays of steps and back: a piano roll, or one pitch for each voice.

Both arrays keep which pitches sound at a step, not where equal pitches begin again: two equal
notes without a rest between them become one.
"""

import warnings

import numpy as np
import numpy.typing as npt

from gated.arrays import BoolArray, IntArray
from gated.errors import GatedWarning, UsageError
from gated.media.music.notes import PITCHES, Music
from gated.text import counted, listed

__all__ = ["KEYS", "LOWEST", "from_roll", "from_voices", "to_roll", "to_voices"]

KEYS, LOWEST = 88, 21
"""The keys of a piano, and the pitch of the lowest, A0."""

SILENT = -1
_MOST_STEPS = 2_000_000


def to_roll(music: Music, steps_per_quarter: int = 4) -> BoolArray:
    """Return which keys of a piano are pressed at each step.

    A note sounds from the step nearest to its onset up to the one nearest to its end, and at least
    for one step. A warning says how many notes lie outside the keys; they are left out.

    Args:
        music: with any number of voices.
        steps_per_quarter: 4 for sixteenth notes.

    Returns:
        bool [T, 88], key 0 is A0, MIDI pitch 21; T is the end of the last note.

    Raises:
        UsageError: the number of steps is below 1, or the piece has more than 2,000,000.

    Example:
        >>> roll = to_roll(Music.of([0, 1], [1, 0.5], [60, 64]))
        >>> roll.shape, roll[:, 60 - 21].sum(), roll[:, 64 - 21].sum()
        ((6, 88), np.int64(4), np.int64(2))
    """
    begin, end = _steps(music, steps_per_quarter)
    roll = np.zeros((int(end.max(initial=0)), KEYS), dtype=np.bool_)
    key = music.pitch - LOWEST
    inside = (key >= 0) & (key < KEYS)
    if not inside.all():
        warnings.warn(
            f"{counted(int((~inside).sum()), 'note')} of {len(inside):,} outside the {KEYS} keys "
            f"of a piano (MIDI pitches {LOWEST} to {LOWEST + KEYS - 1}) left out.",
            GatedWarning,
            stacklevel=2,
        )
    for first, last, each in zip(begin[inside], end[inside], key[inside], strict=True):
        roll[first:last, each] = True
    return roll


def from_roll(roll: npt.ArrayLike, steps_per_quarter: int = 4, tempo: float = 120.0) -> Music:
    """Return the notes of a piano roll, all in voice 0: each run of a key is one note.

    Args:
        roll: bool [T, 88], or numbers 0 and 1; key 0 is A0, MIDI pitch 21.
        steps_per_quarter: 4 for sixteenth notes.
        tempo: quarter notes a minute.

    Raises:
        UsageError: the roll has another shape or other values, or the number of steps is below 1.

    Example:
        >>> roll = np.zeros((8, 88), dtype=bool)
        >>> roll[2:6, 60 - 21] = True
        >>> music = from_roll(roll)
        >>> music.onset, music.duration, music.pitch
        (array([0.5]), array([1.]), array([60]))
    """
    _check_steps(steps_per_quarter)
    array = np.asarray(roll)
    is_binary = array.dtype.kind in "biuf" and bool(np.isin(array, (0, 1)).all())
    if array.ndim != 2 or array.shape[1] != KEYS or not is_binary:
        raise UsageError(
            f"A roll of the shape {list(array.shape)} and the type {array.dtype} is given, or one "
            f"with other values than 0 and 1. Expected [T, {KEYS}] of bool, 0 or 1. Choose the "
            "pressed keys first, for example those with a probability above 0.5."
        )
    edges = np.diff(np.pad(array.astype(np.int8), ((1, 1), (0, 0))), axis=0)  # [T + 1, 88]
    key, begin = np.nonzero(edges.T == 1)
    _, end = np.nonzero(edges.T == -1)  # of the same order: by key, then time
    onset, duration = begin / steps_per_quarter, (end - begin) / steps_per_quarter
    return Music.of(onset, duration, key + LOWEST, tempo=tempo)


def to_voices(music: Music, voices: int = 4, steps_per_quarter: int = 4) -> npt.NDArray[np.int16]:
    """Return the pitch of each voice at each step, the voice with the highest mean pitch first.

    Notes of a voice may overlap by up to half a step, as played legato does: the later one sounds.
    A warning says how many notes have no step of their own, because they are too short.

    Args:
        music: with one note at a time in each voice.
        voices: their number.
        steps_per_quarter: 4 for sixteenth notes.

    Returns:
        int16 [T, V] MIDI pitches, −1 where the voice is silent; T is the end of the last note.

    Raises:
        UsageError: the piece has another number of voices, a voice has several notes at a time,
            the number of steps is below 1, or the piece has more than 2,000,000.

    Example:
        >>> to_voices(Music.of([0, 0], [1, 0.5], [48, 72], [0, 1]), voices=2).T
        array([[72, 72, -1, -1],
               [48, 48, 48, 48]], dtype=int16)
    """
    begin, end = _steps(music, steps_per_quarter)
    numbers = np.unique(music.voice)
    if len(numbers) != voices:
        raise UsageError(
            f"The music has {counted(len(numbers), 'voice')} with notes. Expected {voices}. Choose "
            "pieces with this number of voices, or give another number."
        )
    array = np.full((int(end.max(initial=0)), voices), SILENT, dtype=np.int16)
    lost = 0
    for column, voice in enumerate(_by_height(music, numbers)):
        own = np.flatnonzero(music.voice == voice)
        _require_one_at_a_time(music, own, steps_per_quarter)
        last = np.full(len(array), -1)  # the note that sounds at each step
        for note in own:
            last[begin[note] : end[note]] = note
        lost += len(own) - len(np.intersect1d(last, own))
        array[last >= 0, column] = music.pitch[last[last >= 0]]
    if lost:
        warnings.warn(
            f"{counted(lost, 'note')} of {len(music.pitch):,} shorter than a step of 1/"
            f"{steps_per_quarter} of a quarter note left out. More steps a quarter note keep them.",
            GatedWarning,
            stacklevel=2,
        )
    return array


def from_voices(array: npt.ArrayLike, steps_per_quarter: int = 4, tempo: float = 120.0) -> Music:
    """Return the notes of voices: each run of equal pitches is one note.

    Args:
        array: [T, V] whole numbers, MIDI pitches from 0 to 127, −1 where the voice is silent.
        steps_per_quarter: 4 for sixteenth notes.
        tempo: quarter notes a minute.

    Returns:
        Music, whose voices are the columns.

    Raises:
        UsageError: the array has another shape or other values, or the number of steps is below 1.

    Example:
        >>> music = from_voices([[72, 48], [72, 50], [-1, 50]])
        >>> music.pitch, music.duration, music.voice
        (array([48, 72, 50]), array([0.25, 0.5 , 0.5 ]), array([1, 0, 1]))
    """
    _check_steps(steps_per_quarter)
    pitches = np.asarray(array)
    is_whole = pitches.dtype.kind in "iu"
    if pitches.ndim != 2 or not is_whole or ((pitches < SILENT) | (pitches >= PITCHES)).any():
        raise UsageError(
            f"Voices of the shape {list(pitches.shape)} and the type {pitches.dtype} are given, or "
            "with pitches out of range. Expected whole numbers [T, V], MIDI pitches from 0 to 127 "
            "or −1 for silence. Give one column for each voice."
        )
    pitches = pitches.astype(np.int64)
    silence = np.full((1, pitches.shape[1]), SILENT)
    padded = np.concatenate([silence, pitches, silence])
    changed = padded[1:] != padded[:-1]  # [T + 1, V]
    voice, begin = np.nonzero((changed & (padded[1:] != SILENT)).T)
    _, end = np.nonzero((changed & (padded[:-1] != SILENT)).T)  # by voice, then time, as above
    onset, duration = begin / steps_per_quarter, (end - begin) / steps_per_quarter
    return Music.of(onset, duration, pitches[begin, voice], voice, tempo)


def _check_steps(steps_per_quarter: int) -> None:
    if steps_per_quarter < 1:
        raise UsageError(
            f"{steps_per_quarter} steps a quarter note are given. Expected at least 1. Choose 4 "
            "for sixteenth notes."
        )


def _steps(music: Music, steps_per_quarter: int) -> tuple[IntArray, IntArray]:
    """[N] the first step of each note, and the one after its last."""
    _check_steps(steps_per_quarter)
    length = float(music.end.max(initial=0.0)) * steps_per_quarter
    if length > _MOST_STEPS:
        raise UsageError(
            f"The music lasts {length:,.0f} steps. Expected at most {_MOST_STEPS:,}. Correct the "
            "onsets, split the piece, or choose fewer steps a quarter note."
        )
    # Halves are rounded up, not to even numbers: equal notes in a row stay equally long.
    begin = np.floor(music.onset * steps_per_quarter + 0.5).astype(np.int64)
    end = np.floor(music.end * steps_per_quarter + 0.5).astype(np.int64)
    return begin, np.maximum(end, begin + 1)


def _by_height(music: Music, numbers: IntArray) -> list[int]:
    """The voices, that with the highest mean pitch (weighted by duration) first."""

    def height(voice: int) -> float:
        own = music.voice == voice
        return float(np.average(music.pitch[own], weights=music.duration[own]))

    return sorted(numbers.tolist(), key=height, reverse=True)


def _require_one_at_a_time(music: Music, own: IntArray, steps_per_quarter: int) -> None:
    ends = np.maximum.accumulate(music.end[own])
    overlap = ends[:-1] - music.onset[own][1:]
    many = np.flatnonzero(overlap > 0.5 / steps_per_quarter)
    if len(many):
        second = own[many[0] + 1]
        sounding = own[
            (music.onset[own] <= music.onset[second]) & (music.end[own] > music.onset[second])
        ]
        raise UsageError(
            f"Voice {music.voice[second]} has several notes at quarter note "
            f"{music.onset[second]:g}, the pitches {listed(music.pitch[sounding], limit=4)}. "
            "Expected one note at a time in each voice. Choose pieces whose voices are separate "
            "tracks, or use a piano roll (to_roll)."
        )
