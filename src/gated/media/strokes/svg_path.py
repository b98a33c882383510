"""Converts the data of an SVG path to straight lines and cubic Bézier curves.

The grammar and the arcs are those of W3C, "Scalable Vector Graphics (SVG) 1.1", section 8.3 and
appendix F.6. Every curve becomes cubic: a linear map of its control points maps the curve.
"""

import math
import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from gated.arrays import FloatArray

__all__ = ["Outline", "arc", "path_outlines", "straightened"]

Outline = list[FloatArray]
"""A line without interruption: its pieces, [2, 2] straight or [4, 2] cubic, control points x, y."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_SEPARATOR = re.compile(r"[\s,]*")
_COMMANDS = "MmZzLlHhVvCcSsQqTtAa"
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}
_MOST_PIECES = 1_000  # of a curve


def path_outlines(data: str) -> list[Outline]:
    """Return the outlines of the attribute `d` of a path.

    Raises:
        ValueError: the data is damaged; the message gives the reason and the place.

    Example:
        >>> [len(outline) for outline in path_outlines("M0 0 h10 v10 z M5 5 l1 1")]
        [3, 1]
    """
    pen = _Pen()
    reader = _Reader(data)
    while reader.more():
        command = reader.command(first=pen.is_new)
        if command in "Zz":
            pen.close()
            continue
        while True:
            numbers = reader.numbers(command)
            pen.draw(command, numbers)
            if not reader.number_follows():
                break
            command = {"M": "L", "m": "l"}.get(command, command)
    return pen.finished()


def straightened(outline: Outline, tolerance: float) -> FloatArray:
    """Return the points [k, 2] of an outline, whose curves are replaced by straight pieces.

    A piece is at most `tolerance` away from its curve: the error of n equal pieces is at most an
    eighth of the largest second derivative by n² (de Boor, "A Practical Guide to Splines").
    """
    parts = [outline[0][:1]]
    for piece in outline:
        if len(piece) == 2:
            parts.append(piece[1:])
            continue
        bend = float(np.abs(np.diff(piece, n=2, axis=0)).max()) * math.sqrt(2)
        exact = math.sqrt(6 / 8 * bend / tolerance) if bend > 0 else 1
        count = math.ceil(min(max(exact, 1), _MOST_PIECES))
        t = np.linspace(0, 1, count + 1)[1:, None]
        s = 1 - t
        weights = np.concatenate([s**3, 3 * s**2 * t, 3 * s * t**2, t**3], axis=1)
        parts.append(weights @ piece)
    points: FloatArray = np.concatenate(parts)
    moved = np.concatenate([[True], (np.diff(points, axis=0) != 0).any(axis=1)])
    return np.asarray(points[moved])


def arc(
    begin: FloatArray, end: FloatArray, radii: FloatArray, degrees: float, large: bool, sweep: bool
) -> Outline:
    """Return an elliptical arc as cubic pieces of at most a quarter turn.

    Args:
        begin, end: [2] the ends.
        radii: [2]; enlarged where the ends are too far apart, a straight line where one is 0.
        degrees: of the first axis from that of x.
        large, sweep: which of four arcs.
    """
    radii = np.abs(radii)
    if (begin == end).all():
        return []
    if (radii == 0).any():
        return [np.stack([begin, end])]
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    axes = np.array([[c, -s], [s, c]]) * radii  # from the unit circle to the ellipse
    a, b = np.linalg.solve(axes, np.stack([begin, end], axis=1)).T
    half = (b - a) / 2
    square = float(half @ half)
    if square == 0:  # the ends are too close together for the arithmetic below
        return [np.stack([begin, end])]
    if square > 1:  # too far apart
        axes = axes * math.sqrt(square)
        a, b, half, square = *(each / math.sqrt(square) for each in (a, b, half)), 1.0
    side = math.sqrt(max(0.0, 1 / square - 1)) * (1 if large != sweep else -1)
    centre = (a + b) / 2 + side * np.array([-half[1], half[0]])
    first, last = (math.atan2(*(point - centre)[::-1]) for point in (a, b))
    turn = (last - first) % (2 * math.pi) if sweep else -((first - last) % (2 * math.pi))
    count = max(1, math.ceil(abs(turn) / (math.pi / 2) - 1e-9))
    angles = first + np.linspace(0, turn, count + 1)
    reach = 4 / 3 * math.tan(turn / count / 4)
    pieces = []
    for one, two in pairwise(angles):
        p, q = (np.array([math.cos(angle), math.sin(angle)]) for angle in (one, two))
        controls = [p, p + reach * _left(p), q - reach * _left(q), q]
        pieces.append((centre + np.stack(controls)) @ axes.T)
    pieces[0][0], pieces[-1][-1] = begin, end  # exactly
    return pieces


def _left(direction: FloatArray) -> FloatArray:
    return np.array([-direction[1], direction[0]])


class _Reader:
    """Reads commands and numbers of path data one after the other."""

    def __init__(self, data: str) -> None:
        self._data = data
        self._at = _skip(data, 0)

    def more(self) -> bool:
        return self._at < len(self._data)

    def command(self, first: bool) -> str:
        command = self._data[self._at]
        if command not in _COMMANDS or (first and command not in "Mm"):
            expected = "M or m" if first else "one of M L H V C S Q T A Z"
            raise ValueError(f"at character {self._at}: {command!r} instead of {expected}")
        self._at = _skip(self._data, self._at + 1)
        return command

    def numbers(self, command: str) -> list[float]:
        is_arc = command in "Aa"
        return [
            self._number(command, is_flag=is_arc and index in (3, 4))
            for index in range(_ARGUMENTS[command.upper()])
        ]

    def number_follows(self) -> bool:
        return _NUMBER.match(self._data, self._at) is not None

    def _number(self, command: str, is_flag: bool) -> float:
        # The flags of an arc need no separator: "a1 1 0 0110 10" ends at 10, 10.
        if is_flag and self._data[self._at : self._at + 1] in ("0", "1"):
            text = self._data[self._at]
        else:
            match = None if is_flag else _NUMBER.match(self._data, self._at)
            if match is None:
                raise ValueError(f"at character {self._at}: a number of {command} is missing")
            text = match.group()
        self._at = _skip(self._data, self._at + len(text))
        return float(text)


def _skip(data: str, at: int) -> int:
    match = _SEPARATOR.match(data, at)
    return at if match is None else match.end()


class _Pen:
    """Follows the commands of a path."""

    def __init__(self) -> None:
        self._here = self._start = np.zeros(2)
        self._control: tuple[str, FloatArray] | None = None  # of the curve before
        self._outline: Outline = []
        self._done: list[Outline] = []
        self.is_new = True  # there was no command yet
        self._commands: dict[str, Callable[[FloatArray], None]] = {
            "C": self._cubic, "S": self._smooth_cubic, "Q": self._quadratic,
            "T": self._smooth_quadratic,
        }  # fmt: skip

    def draw(self, command: str, numbers: list[float]) -> None:
        """Follow one command with its numbers; small letters are relative."""
        self.is_new = False
        kind, is_relative = command.upper(), command.islower()
        origin = self._here if is_relative else np.zeros(2)
        control, self._control = self._control, None
        if kind in "HV":
            axis = "HV".index(kind)
            target = self._here.copy()
            target[axis] = origin[axis] + numbers[0]
            self._line(target)
        elif kind == "A":
            target = origin + numbers[5:]
            radii = np.array(numbers[:2])
            self._add(
                arc(self._here, target, radii, numbers[2], bool(numbers[3]), bool(numbers[4])),
                target,
            )
        else:
            points = origin + np.reshape(numbers, (-1, 2))
            if kind == "M":
                self._move(points[0])
            elif kind == "L":
                self._line(points[0])
            else:
                self._control = control
                self._commands[kind](points)

    def close(self) -> None:
        """Draw a line to the start; what follows is a new outline from there."""
        self._line(self._start)
        self._finish()
        self._control = None

    def finished(self) -> list[Outline]:
        self._finish()
        return self._done

    def _finish(self) -> None:
        if self._outline:
            self._done.append(self._outline)
        self._outline = []

    def _move(self, target: FloatArray) -> None:
        self._finish()
        self._here = self._start = target

    def _line(self, target: FloatArray) -> None:
        self._add([np.stack([self._here, target])], target)

    def _add(self, pieces: Outline, target: FloatArray) -> None:
        self._outline += pieces
        self._here = target

    def _cubic(self, points: FloatArray) -> None:
        self._control = ("cubic", points[1])
        self._add([np.concatenate([self._here[None], points])], points[2])

    def _smooth_cubic(self, points: FloatArray) -> None:
        self._cubic(np.concatenate([self._mirrored("cubic")[None], points]))

    def _quadratic(self, points: FloatArray) -> None:
        control, target = points
        self._control = ("quadratic", control)
        inner = [(self._here + 2 * control) / 3, (target + 2 * control) / 3]
        self._add([np.stack([self._here, *inner, target])], target)

    def _smooth_quadratic(self, points: FloatArray) -> None:
        self._quadratic(np.concatenate([self._mirrored("quadratic")[None], points]))

    def _mirrored(self, kind: str) -> FloatArray:
        """The last control point of a curve of the same kind, mirrored at the pen; else the pen."""
        if self._control is None or self._control[0] != kind:
            return self._here
        return 2 * self._here - self._control[1]
