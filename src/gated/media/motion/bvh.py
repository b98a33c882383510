"""Reads and writes motion capture as BVH text: a hierarchy of joints, then one line for a frame.

The format is Biovision's, as described by Meredith and Maddock, "Motion Capture File Formats
Explained" (University of Sheffield, 2001).
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gated.arrays import FloatArray
from gated.errors import DataError
from gated.files import read_content, write_whole
from gated.media.motion.hierarchy import HierarchyError, format_hierarchy, parse_hierarchy
from gated.media.motion.skeleton import Motion, Skeleton
from gated.text import counted

__all__ = ["read_motion", "write_motion"]

_LARGEST = 1e9  # of a place or an angle: larger ones are damage
_EXPECTED = "Expected motion capture as BVH text."
_AGAIN = "Export it again."
_SHOWN = 20  # characters of a word in a message
_LONGEST_FRAME = 10.0  # seconds


def read_motion(path: str | Path) -> Motion:
    """Read a BVH file.

    Names of channels are written as `Xposition` and `Zrotation`, whatever their case in the file.
    A note says where the file has fewer or more frames than it promises: all that are there are
    read.

    Args:
        path: of the file.

    Raises:
        DataError: the file is missing, empty, a folder, no BVH text, its braces are unbalanced, a
            channel is unknown, a frame has too few or too many numbers, or one that is not finite.
            The message has the number of the line.

    Example:
        >>> import tempfile
        >>> from gated.files import write_whole
        >>> lines = ["HIERARCHY", "ROOT hip {", "OFFSET 0 0 0", "CHANNELS 1 Yrotation"]
        >>> lines += ["End Site { OFFSET 0 1 0 } }", "MOTION", "Frames: 2", "Frame Time: 0.04"]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_whole(f"{folder}/turn.bvh", "\\n".join([*lines, "10", "20"]).encode())
        ...     motion = read_motion(f"{folder}/turn.bvh")
        >>> motion.skeleton.names, motion.values.tolist(), motion.frame_time
        (('hip',), [[10.0], [20.0]], 0.04)
    """
    path = Path(path)
    lines = _text(path).splitlines()
    words = _words_of_hierarchy(lines)
    try:
        skeleton, at = parse_hierarchy(words)
    except HierarchyError as error:
        where = f"line {error.line}: " if error.line else ""
        raise DataError(f"{path}: {where}{error.found}. {error.expected} {_AGAIN}") from error
    if at == len(words) or words[at][0].upper() != "MOTION":
        found = (
            f"line {words[at][1]}: `{_short(words[at][0])}` is found"
            if at < len(words)
            else ("the file ends after its hierarchy")
        )
        raise DataError(
            f"{path}: {found}. Expected MOTION after the last brace of the hierarchy, then the "
            f"frames. {_AGAIN}"
        )
    if skeleton.width == 0:
        raise DataError(
            f"{path}: no joint has channels. Expected a line CHANNELS with the numbers of a frame "
            f"that belong to the joint. {_AGAIN}"
        )
    header = _Header.read(path, lines, words[at][1])
    values = _frames(path, lines, header.line, skeleton)
    notes: tuple[str, ...] = ()
    if len(values) != header.frames:
        notes = (
            f"{path.name}: promises {counted(header.frames, 'frame')} and has "
            f"{len(values):,}; all {len(values):,} are read.",
        )
    return Motion(skeleton, values, header.frame_time, notes)


def write_motion(path: str | Path, motion: Motion) -> None:
    """Write a BVH file, completely or not at all.

    Joints, order of channels and numbers are those of the motion, with six decimals.

    Args:
        path: of the file; an existing one is replaced.
        motion: for example that of `read_motion`.

    Raises:
        GatedError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> turn = Skeleton(
        ...     ("hip",), np.array([-1]), np.zeros((1, 3)), (("Yrotation",),),
        ...     np.array([0]), np.array([[0.0, 1, 0]]))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_motion(f"{folder}/a.bvh", Motion(turn, np.array([[10.0], [20.0]]), 0.04))
        ...     read_motion(f"{folder}/a.bvh").values.tolist()
        [[10.0], [20.0]]
    """
    values = np.round(motion.values, 6) + 0.0  # no −0
    form = " ".join(["%.6f"] * motion.skeleton.width)
    lines = [
        *format_hierarchy(motion.skeleton),
        "MOTION",
        f"Frames: {len(values)}",
        f"Frame Time: {motion.frame_time:.10g}",
        *(form % tuple(frame) for frame in values.tolist()),
    ]
    write_whole(path, ("\n".join(lines) + "\n").encode())


def _words_of_hierarchy(lines: list[str]) -> list[tuple[str, int]]:
    """The words up to the line MOTION with the numbers of their lines; braces are words."""
    found = []
    for number, line in enumerate(lines, 1):
        words = line.replace("{", " { ").replace("}", " } ").split()
        found += [(word, number) for word in words]
        if words and words[0].upper() == "MOTION":
            break  # a long motion has millions of numbers
    return found


def _text(path: Path) -> str:
    content = read_content(path, _EXPECTED, _AGAIN)
    if not content.strip():
        blanks = counted(len(content), "byte")
        raise DataError(f"{path}: the file has only blanks ({blanks}). {_EXPECTED} {_AGAIN}")
    if b"\0" in content:
        raise DataError(f"{path}: is a binary file. {_EXPECTED} Check the name, or convert it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}: line {line}: is not text in UTF-8. {_EXPECTED} Save it as UTF-8."
        ) from error


@dataclass(frozen=True)
class _Header:
    """The two lines after MOTION.

    Attributes:
        frames: their promised number.
        frame_time: seconds.
        line: the number of the line before the first frame.
    """

    frames: int
    frame_time: float
    line: int

    @classmethod
    def read(cls, path: Path, lines: list[str], begin: int) -> "_Header":
        """Read the header below line `begin`, that of MOTION."""
        filled = [number for number in range(begin, len(lines)) if lines[number].strip()][:2]
        found = [lines[number].strip() for number in filled] + ["", ""]
        frames = re.fullmatch(r"frames\s*:\s*(\d+)", found[0], re.IGNORECASE)
        if frames is None:
            raise DataError(
                f"{path}: {_place(filled, 0)}{_found(found[0])}. Expected `Frames: ` and a whole "
                f"number after MOTION. {_AGAIN}"
            )
        time = re.fullmatch(r"frame\s*time\s*:\s*(\S+)", found[1], re.IGNORECASE)
        seconds = None if time is None else _number(time[1])
        if seconds is None or not 0 < seconds <= _LONGEST_FRAME:
            raise DataError(
                f"{path}: {_place(filled, 1)}{_found(found[1])}. Expected `Frame Time: ` and the "
                f"seconds of a frame, above 0 and at most {_LONGEST_FRAME:g}. {_AGAIN}"
            )
        return cls(int(frames[1]), seconds, filled[1] + 1)


def _frames(path: Path, lines: list[str], begin: int, skeleton: Skeleton) -> FloatArray:
    """[T, C] the numbers below line `begin`."""
    width = skeleton.width
    frames: list[FloatArray] = []
    for number, line in enumerate(lines[begin:], begin + 1):
        words = line.split()
        if not words:
            continue
        if len(words) != width:
            last = (
                ""
                if any(map(str.strip, lines[number:]))
                else (" It is the last frame: the file may be cut off.")
            )
            raise DataError(
                f"{path}: line {number}: frame {len(frames) + 1} has "
                f"{counted(len(words), 'number')}. Expected {width}, one for each channel of the "
                f"hierarchy.{last} {_AGAIN}"
            )
        values = [_number(word) for word in words]
        if None in values:
            column = values.index(None)
            raise DataError(
                f"{path}: line {number}: `{_short(words[column])}`, number {column + 1} of frame "
                f"{len(frames) + 1}, is no finite number below {_LARGEST:,.0f}. Expected "
                f"numbers such as 1.5. {_AGAIN}"
            )
        frames.append(np.array(values, dtype=np.float64))
    if not frames:
        raise DataError(
            f"{path}: has no frame. Expected at least one line of {width} numbers after Frame "
            f"Time. {_AGAIN}"
        )
    return np.stack(frames)


def _number(word: str) -> float | None:
    """A finite number of a usual size; None for another word."""
    try:
        value = float(word)
    except ValueError:
        return None
    return value if abs(value) <= _LARGEST and "_" not in word else None


def _place(filled: list[int], index: int) -> str:
    return f"line {filled[index] + 1}: " if index < len(filled) else ""


def _found(line: str) -> str:
    return f"`{_short(line)}` is found" if line else "the file ends"


def _short(word: str) -> str:
    return word if len(word) <= _SHOWN else word[:_SHOWN] + "…"
