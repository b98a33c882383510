"""Converts the hierarchy of a BVH file to a skeleton and back."""

import math
from dataclasses import dataclass, field

import numpy as np

from gated.arrays import FloatArray
from gated.media.motion.skeleton import CHANNELS, Skeleton
from gated.text import counted

__all__ = ["HierarchyError", "format_hierarchy", "parse_hierarchy"]

Word = tuple[str, int]
"""A word of the file and the number of its line."""

_END = "End Site"


class HierarchyError(Exception):
    """The text is no hierarchy.

    Attributes:
        line: its number; 0 where the whole text is meant.
        found, expected: two parts of the message; the first is no whole sentence.
    """

    def __init__(self, line: int, found: str, expected: str) -> None:
        super().__init__(found)
        self.line, self.found, self.expected = line, found, expected


def parse_hierarchy(words: list[Word]) -> tuple[Skeleton, int]:
    """Read a skeleton.

    Args:
        words: of the file; braces are words of their own.

    Returns:
        The skeleton, and the index of the word after it.

    Raises:
        HierarchyError: the words are no hierarchy.
    """
    parser = _Parser(words)
    parser.run()
    order = np.argsort(parser.ends, kind="stable")  # by joint, as they are written
    return (
        Skeleton(
            tuple(parser.names),
            np.array(parser.parents, dtype=np.int64),
            np.array([parser.offsets[joint] for joint in range(len(parser.names))]),
            tuple(parser.channels.get(joint, ()) for joint in range(len(parser.names))),
            np.array(parser.ends, dtype=np.int64)[order],
            np.array(parser.end_offsets, dtype=np.float64).reshape(-1, 3)[order],
        ),
        parser.at,
    )


@dataclass
class _Parser:
    """The parts of the skeleton read so far.

    Attributes:
        open: the joints whose braces are open, and the line of each brace; −1 is an end site.
    """

    words: list[Word]
    at: int = 0
    names: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    offsets: dict[int, list[float]] = field(default_factory=dict)
    channels: dict[int, tuple[str, ...]] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)
    end_offsets: list[list[float]] = field(default_factory=list)
    open: list[tuple[int, int]] = field(default_factory=list)

    def run(self) -> None:
        """Read until the last brace."""
        word, line = self._next("HIERARCHY")
        if word.upper() != "HIERARCHY":
            raise HierarchyError(
                line,
                f"`{word[:20]}` is found",
                "Expected HIERARCHY as the first word of a BVH file.",
            )
        self._joint("ROOT")
        while self.open:
            self._statement()
        if self._peek().upper() == "ROOT":
            raise HierarchyError(
                self.words[self.at][1], "a second ROOT is found", "Expected one skeleton a file."
            )

    def _statement(self) -> None:
        joint, _ = self.open[-1]
        word = self._peek().upper()
        inside = "an end site" if joint < 0 else f"the joint `{self.names[joint]}`"
        if word == "}":
            self._close(inside)
        elif word == "OFFSET":
            self._offset(joint, inside)
        elif word == "CHANNELS" and joint >= 0 and joint not in self.channels:
            self.channels[joint] = self._channels(inside)
        elif word == "JOINT" and joint >= 0:
            self._joint("JOINT")
        elif word == "END" and joint >= 0:
            self._end(joint)
        elif word in ("MOTION", ""):
            opened = ", ".join(str(line) for _, line in self.open)
            raise HierarchyError(
                self._line(),
                f"{counted(len(self.open), 'brace')} not closed, opened on line {opened}",
                "Expected a brace } for each brace { of the hierarchy.",
            )
        else:
            raise HierarchyError(
                self._line(),
                f"`{self._peek()[:20]}` is found in {inside}",
                "Expected OFFSET, CHANNELS once, JOINT, End Site or }.",
            )

    def _joint(self, keyword: str) -> None:
        word, line = self._next(keyword)
        if word.upper() != keyword:
            raise HierarchyError(line, f"`{word[:20]}` is found", f"Expected {keyword} and a name.")
        name = self._rest_of_line(line)
        if not name:
            raise HierarchyError(line, f"{keyword} has no name", f"Expected {keyword} and a name.")
        self.parents.append(self.open[-1][0] if self.open else -1)
        self.names.append(name)
        self._open(len(self.names) - 1)

    def _end(self, joint: int) -> None:
        _, line = self._next(_END)
        self._rest_of_line(line)  # "Site", and in some files a name
        self.ends.append(joint)
        self._open(-1)

    def _open(self, joint: int) -> None:
        word, line = self._next("{")
        if word != "{":
            raise HierarchyError(
                line, f"`{word[:20]}` is found", "Expected a brace { after the name of a joint."
            )
        self.open.append((joint, line))

    def _close(self, inside: str) -> None:
        joint, _ = self.open.pop()
        if not self._has_offset(joint):
            raise HierarchyError(
                self._line(), f"{inside} has no OFFSET", "Expected OFFSET and three numbers."
            )
        self.at += 1

    def _offset(self, joint: int, inside: str) -> None:
        _, line = self._next("OFFSET")
        expected = "Expected OFFSET once, and three finite numbers."
        numbers = [self._next("OFFSET and three numbers")[0] for _ in range(3)]
        try:
            values = [float(number) for number in numbers]
        except ValueError:
            values = [math.nan]
        if not all(map(math.isfinite, values)):
            found = f"the OFFSET of {inside} is `{' '.join(numbers)[:40]}`"
            raise HierarchyError(line, found, expected)
        if self._has_offset(joint):
            raise HierarchyError(line, f"a second OFFSET of {inside} is found", expected)
        if joint < 0:
            self.end_offsets.append(values)
        else:
            self.offsets[joint] = values

    def _has_offset(self, joint: int) -> bool:
        """Whether a joint, or for −1 the last end site, has an offset."""
        return joint in self.offsets if joint >= 0 else len(self.end_offsets) == len(self.ends)

    def _channels(self, inside: str) -> tuple[str, ...]:
        _, line = self._next("CHANNELS")
        count = self._next("CHANNELS")[0]
        names = self._rest_of_line(line).split()
        known = f"Expected up to 6 different channels of {', '.join(CHANNELS)}."
        channels = tuple(name.capitalize() for name in names)
        for name in names:
            if name.capitalize() not in CHANNELS:
                raise HierarchyError(line, f"{inside} has the unknown channel `{name[:20]}`", known)
        if len(set(channels)) < len(channels):
            raise HierarchyError(line, f"{inside} has a channel twice", known)
        if not count.isdecimal() or int(count) != len(channels):
            raise HierarchyError(
                line,
                f"{inside} has CHANNELS {count[:20]} and {counted(len(channels), 'name')}",
                "Expected CHANNELS, the number of channels, and as many names on the same line.",
            )
        return channels

    def _next(self, expected: str) -> Word:
        if self.at == len(self.words):
            raise HierarchyError(
                0, "the file ends within its hierarchy", f"Expected more of it: {expected}."
            )
        self.at += 1
        return self.words[self.at - 1]

    def _peek(self) -> str:
        return self.words[self.at][0] if self.at < len(self.words) else ""

    def _line(self) -> int:
        return self.words[min(self.at, len(self.words) - 1)][1]

    def _rest_of_line(self, line: int) -> str:
        """The words up to the end of the line, a brace, or a keyword that no name contains."""
        found = []
        while self.at < len(self.words):
            word, its_line = self.words[self.at]
            if its_line != line or word in "{}":
                break
            found.append(word)
            self.at += 1
        return " ".join(found)


def format_hierarchy(skeleton: Skeleton) -> list[str]:
    """The lines of the hierarchy of a BVH file."""
    lines = ["HIERARCHY"]
    open_joints: list[int] = []
    for joint, name in enumerate(skeleton.names):
        _close_until(lines, open_joints, int(skeleton.parents[joint]))
        depth = "\t" * len(open_joints)
        keyword = "JOINT" if open_joints else "ROOT"
        channels = skeleton.channels[joint]
        lines += [
            f"{depth}{keyword} {name}",
            f"{depth}{{",
            f"{depth}\tOFFSET {_numbers(skeleton.offsets[joint])}",
        ]
        if channels:
            lines.append(f"{depth}\tCHANNELS {len(channels)} {' '.join(channels)}")
        for end in np.flatnonzero(skeleton.ends == joint):
            offset = _numbers(skeleton.end_offsets[end])
            lines += [f"{depth}\t{line}" for line in (_END, "{", f"\tOFFSET {offset}", "}")]
        open_joints.append(joint)
    _close_until(lines, open_joints, -1)
    return lines


def _close_until(lines: list[str], open_joints: list[int], parent: int) -> None:
    """Close the braces of joints that are not above the next one."""
    while open_joints and open_joints[-1] != parent:
        open_joints.pop()
        lines.append("\t" * len(open_joints) + "}")


def _numbers(offset: FloatArray) -> str:
    return " ".join(f"{value:.6f}" for value in np.round(offset, 6) + 0.0)
