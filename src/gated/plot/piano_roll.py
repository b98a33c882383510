"""Draws the notes of a piece as a piano roll: an SVG picture, or text for the terminal.

Time goes to the right, pitch upwards; every C has a line with its name (C4 is the middle C).
"""

import math
from collections.abc import Iterable
from html import escape
from itertools import count

import numpy as np
import numpy.typing as npt

from gated.arrays import BoolArray, FloatArray
from gated.errors import UsageError

__all__ = ["piano_roll_svg", "piano_roll_text"]

_LOWEST = 21  # the pitch of key 0, A0
_KEYS = 88
_BLACK = {1, 3, 6, 8, 10}  # the black keys of an octave, from C
# Each colour has a contrast of at least 3 with white and with #111.
_COLOURS = ("#3d7fc4", "#c9661f", "#2f9160", "#b0519a", "#8a7a20", "#c94b4b", "#1f8f9a", "#7d6bd0")
_INK = "#767676"  # readable on white and on black
_LEFT, _TOP, _BOTTOM, _RIGHT = 34.0, 8.0, 22.0, 8.0
_ROW = 7.0  # height of a pitch
_LABEL_ROOM = 46.0  # least distance of two labels of time
_DIGIT = 6.2  # width of a character of a label
_BLOCKS, _ASCII_BLOCKS = " ▄▀█", " .'#"  # of two pitches: none, the lower, the upper, both


def piano_roll_svg(
    notes: npt.ArrayLike,
    *,
    steps_per_quarter: int = 4,
    quarters_per_bar: float = 4.0,
    tempo: float | None = None,
    width: int = 1000,
    title: str = "",
    end: float = 0.0,
) -> str:
    """Draw notes as an SVG picture with a transparent background, for light and dark pages.

    Args:
        notes: [N, 4] onset and duration in quarter notes, MIDI pitch and voice of each note; or a
            roll, bool [T, 88], whose key 0 is A0, MIDI pitch 21. Each voice has a colour.
        steps_per_quarter: steps of a roll.
        quarters_per_bar: quarter notes from one bar line to the next.
        tempo: quarter notes a minute: time is marked in seconds instead of bars.
        width: in pixels.
        title: read aloud by screen readers, and shown above the pointer.
        end: quarter notes that are shown at least, also after the last note.

    Raises:
        UsageError: the notes have another shape or values that are not finite or out of range, or
            a number is not above 0.

    Example:
        >>> picture = piano_roll_svg([(0, 1, 60, 0), (1, 2, 64, 1)])
        >>> picture[:4], picture.count("<rect class=")
        ('<svg', 2)
    """
    for name, value in (
        ("steps_per_quarter", steps_per_quarter),
        ("quarters_per_bar", quarters_per_bar),
        ("tempo", 1 if tempo is None else tempo),
        ("width", width),
    ):
        if not (math.isfinite(value) and value > 0):
            raise UsageError(
                f"{name}={value:g} is given. Expected a number above 0. Leave it out for the usual "
                "one."
            )
    rows = _rows(notes, steps_per_quarter)
    low, high = _octaves(rows[:, 2])
    end = max(float((rows[:, 0] + rows[:, 1]).max(initial=0.0)), quarters_per_bar, end)
    scale = (width - _LEFT - _RIGHT) / end  # pixels a quarter note
    height = _TOP + (high - low) * _ROW + _BOTTOM
    unit = quarters_per_bar if tempo is None else tempo / 60  # quarter notes of a mark
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:g}" '
        f'viewBox="0 0 {width} {height:g}" role="img" font-family="sans-serif" font-size="11">',
        f"<title>{escape(title or 'Piano roll')}</title>",
        *_keyboard(low, high, width),
        *_time_marks(end, unit, scale, height, seconds=tempo is not None),
        *_notes(rows, scale, high),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def piano_roll_text(roll: npt.ArrayLike, width: int = 80, *, ascii_only: bool = False) -> str:
    """Draw a roll as text: two pitches a line, the names of the C at the left.

    Where the roll has more steps than there is space, a character is several steps.

    Args:
        roll: bool [T, 88], key 0 is A0, MIDI pitch 21.
        width: characters of a line, at least 8.
        ascii_only: whether to use no block characters.

    Raises:
        UsageError: the roll has another shape or other values, or the width is below 8.

    Example:
        >>> roll = np.zeros((8, 88), dtype=bool)
        >>> roll[:4, 60 - 21] = roll[4:, 67 - 21] = True
        >>> print(piano_roll_text(roll, 12))
        C5 ┤
           │
           │    ▄▄▄▄
           │
           │
           │
        C4 ┤▀▀▀▀
    """
    keys = _as_roll(np.asarray(roll))
    if width < 8:
        raise UsageError(f"A width of {width} is given. Expected at least 8. Choose 80.")
    low, high = _octaves(np.flatnonzero(keys.any(axis=0)) + _LOWEST)
    columns = width - 4
    merged = math.ceil(len(keys) / columns) or 1
    padded = np.pad(keys, ((0, -len(keys) % merged), (0, 0)))
    grouped = np.asarray(padded.reshape(-1, merged, _KEYS).any(axis=1))  # [columns, 88]
    pitches = np.pad(grouped, ((0, 0), (_LOWEST, 24)))  # up to the C above the keys
    blocks = _ASCII_BLOCKS if ascii_only else _BLOCKS
    tick, line = ("+", "|") if ascii_only else ("┤", "│")
    lines = []
    for upper in range(high, low - 1, -2):
        label = f"{_name(upper):<3}{tick}" if upper % 12 == 0 else f"   {line}"
        cells = 2 * pitches[:, upper] + (pitches[:, upper - 1] if upper > low else 0)
        lines.append((label + "".join(blocks[cell] for cell in cells)).rstrip())
    return "\n".join(lines)


def _rows(notes: npt.ArrayLike, steps_per_quarter: int) -> FloatArray:
    """[N, 4] onset, duration, pitch and voice."""
    array = np.asarray(notes)
    if array.ndim == 2 and array.shape[1] == _KEYS:
        return _runs(_as_roll(array), steps_per_quarter)
    if not array.size:
        return np.zeros((0, 4))
    is_right = array.ndim == 2 and array.shape[1] == 4 and array.dtype.kind in "iuf"
    if is_right:
        rows = array.astype(np.float64)
        in_range = (rows >= (0, 0, 0, 0)) & (rows <= (np.inf, np.inf, 127, np.inf))
        if np.isfinite(rows).all() and in_range.all():
            return rows
    raise UsageError(
        f"Notes of the shape {list(array.shape)} and the type {array.dtype} are given, or with "
        f"values out of range. Expected [N, 4] of onset, duration, MIDI pitch and voice, or a roll "
        f"[T, {_KEYS}]. Give one row for each note."
    )


def _as_roll(array: npt.NDArray[np.generic]) -> BoolArray:
    is_binary = array.dtype.kind in "biuf" and bool(np.isin(array, (0, 1)).all())
    if array.ndim != 2 or array.shape[1] != _KEYS or not is_binary:
        raise UsageError(
            f"A roll of the shape {list(array.shape)} and the type {array.dtype} is given, or one "
            f"with other values than 0 and 1. Expected [T, {_KEYS}] of bool. Choose the pressed "
            "keys first."
        )
    return array.astype(np.bool_)


def _runs(roll: BoolArray, steps_per_quarter: int) -> FloatArray:
    """The notes of a roll, all of one voice."""
    edges = np.diff(np.pad(roll.astype(np.int8), ((1, 1), (0, 0))), axis=0)
    key, begin = np.nonzero(edges.T == 1)
    _, end = np.nonzero(edges.T == -1)
    onset, duration = begin / steps_per_quarter, (end - begin) / steps_per_quarter
    return np.stack([onset, duration, key + _LOWEST, np.zeros(len(key))], axis=1)


def _octaves(pitches: npt.NDArray[np.generic]) -> tuple[int, int]:
    """The C at or below the lowest pitch, and the one above the highest; C4 to C5 without one."""
    if not len(pitches):
        return 60, 72
    low, high = int(pitches.min()), int(pitches.max())
    return low // 12 * 12, high // 12 * 12 + 12


def _name(c: int) -> str:
    """The name of the pitch of a C."""
    return f"C{c // 12 - 1}"


def _keyboard(low: int, high: int, width: int) -> Iterable[str]:
    """The rows of black keys, and the lines and names of each C."""
    across = width - _LEFT - _RIGHT
    for pitch in range(low, high):
        if pitch % 12 in _BLACK:
            y = _TOP + (high - 1 - pitch) * _ROW
            yield (
                f'<rect x="{_LEFT:g}" y="{y:g}" width="{across:g}" height="{_ROW:g}" '
                f'fill="{_INK}" fill-opacity="0.1"/>'
            )
    for pitch in range(low, high + 1, 12):
        y = _TOP + (high - pitch) * _ROW
        yield (
            f'<line x1="{_LEFT:g}" x2="{_LEFT + across:g}" y1="{y:g}" y2="{y:g}" '
            f'stroke="{_INK}" stroke-opacity="0.7"/>'
        )
        if pitch < high:  # beside its row, which is above its line
            yield (
                f'<text x="{_LEFT - 6:g}" y="{y:g}" text-anchor="end" fill="{_INK}">'
                f"{_name(pitch)}</text>"
            )


def _time_marks(
    end: float, unit: float, scale: float, height: float, *, seconds: bool
) -> Iterable[str]:
    """Lines at bars or seconds, with labels where there is space for them."""
    step = _marks_of_a_label(_LABEL_ROOM / (unit * scale), seconds=seconds)
    bottom, right = height - _BOTTOM, _LEFT + end * scale + _RIGHT
    for mark in range(0, math.floor(end / unit + 1e-9) + 1, step):
        x = _LEFT + mark * unit * scale
        yield (
            f'<line x1="{x:.2f}" x2="{x:.2f}" y1="{_TOP:g}" y2="{bottom + 4:g}" '
            f'stroke="{_INK}" stroke-opacity="0.45"/>'
        )
        label = f"{mark} s" if seconds else f"{mark + 1}"
        has_room = x + 3 + _DIGIT * len(label) <= right
        if mark * unit < end - 1e-9 and has_room:  # no label of a bar that does not begin
            yield f'<text x="{x + 3:.2f}" y="{height - 7:g}" fill="{_INK}">{label}</text>'


def _marks_of_a_label(least: float, *, seconds: bool) -> int:
    """Bars or seconds from one label to the next: at least so many."""
    if not seconds:  # bars come in phrases of four and eight
        return 1 << max(0, math.ceil(math.log2(least)))
    sizes = (size * int(10**power) for power in count() for size in (1, 2, 5))
    return next(size for size in sizes if size >= least)


def _notes(rows: FloatArray, scale: float, high: int) -> Iterable[str]:
    gap = 0.6  # repeated notes are separate
    for onset, duration, pitch, voice in rows:
        x, y = _LEFT + onset * scale, _TOP + (high - 1 - pitch) * _ROW
        colour = _COLOURS[int(voice) % len(_COLOURS)]
        yield (
            f'<rect class="voice-{int(voice)}" x="{x:.2f}" y="{y + 0.5:g}" rx="1.5" '
            f'width="{max(duration * scale - gap, 0.8):.2f}" height="{_ROW - 1:g}" '
            f'fill="{colour}"/>'
        )
