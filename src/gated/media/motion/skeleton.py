"""Defines a skeleton and its motion, as a BVH file holds them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.errors import UsageError
from gated.text import rounded

__all__ = ["CHANNELS", "Motion", "Skeleton"]

CHANNELS = ("Xposition", "Yposition", "Zposition", "Xrotation", "Yrotation", "Zrotation")

_SAME_OFFSET = 1e-4
"""Relative to the longest bone: files of one skeleton differ by the rounding of their numbers."""


@dataclass(frozen=True, eq=False)
class Skeleton:
    """The joints of a body; every joint is connected to its parent by a bone.

    Attributes:
        names: of the joints, [J]; each joint is after its parent, the root is first.
        parents: [J] the index of each joint's parent; −1 for the root.
        offsets: [J, 3] x, y and z of each joint relative to its parent where no joint is rotated,
            in the unit of the file.
        channels: of each joint, the names of its numbers in the order of the file, such as
            `("Zrotation", "Xrotation", "Yrotation")`.
        ends: [E] the joint of each end site: the tip of a last bone, such as that of a toe.
        end_offsets: [E, 3] x, y and z of each end site relative to its joint.

    Raises:
        UsageError: the parts do not describe one skeleton.

    Example:
        >>> arm = Skeleton(
        ...     ("shoulder", "elbow"), np.array([-1, 0]), np.array([[0, 0, 0], [3.0, 0, 0]]),
        ...     (("Xposition", "Zrotation"), ("Zrotation",)),
        ...     np.array([1]), np.array([[2.0, 0, 0]]))
        >>> arm.width, arm.columns
        (3, (0, 2))
    """

    names: tuple[str, ...]
    parents: IntArray
    offsets: FloatArray
    channels: tuple[tuple[str, ...], ...]
    ends: IntArray
    end_offsets: FloatArray

    def __post_init__(self) -> None:
        count = len(self.names)
        shapes = (self.parents.shape, self.offsets.shape, (len(self.channels),))
        wrong = ""
        if count == 0 or shapes != ((count,), (count, 3), (count,)):
            wrong = f"{count} names, and parents, offsets and channels of the shapes {shapes}"
        elif self.end_offsets.shape != (len(self.ends), 3):
            wrong = f"{len(self.ends)} end sites and offsets of the shape {self.end_offsets.shape}"
        elif self.parents[0] != -1 or not self._parents_are_before():
            wrong = "a joint before its parent, or not exactly one root"
        elif ((self.ends < 0) | (self.ends >= count)).any():
            wrong = "an end site of a joint that does not exist"
        elif not (np.isfinite(self.offsets).all() and np.isfinite(self.end_offsets).all()):
            wrong = "offsets that are not finite"
        elif not all(
            set(one) <= set(CHANNELS) and len(set(one)) == len(one) for one in self.channels
        ):
            wrong = "channels that are unknown or there twice"
        elif any(
            set(name) & set("{}\r\n") or name != " ".join(name.split()) for name in self.names
        ):
            wrong = "a name with braces, line ends or blanks at its ends"
        if wrong:
            raise UsageError(
                f"A skeleton with {wrong} is given. Expected J names, parents [J], offsets [J, 3] "
                "and channels [J], each joint after its parent. Use the skeleton of a BVH file."
            )

    def _parents_are_before(self) -> bool:
        later = self.parents[1:]
        return bool(((later >= 0) & (later < np.arange(1, len(self.names)))).all())

    @property
    def width(self) -> int:
        """Numbers of a frame."""
        return sum(map(len, self.channels))

    @cached_property
    def columns(self) -> tuple[int, ...]:
        """Of each joint, the column of its first number in a frame."""
        ends = np.cumsum([len(channels) for channels in self.channels])
        return (0, *(int(end) for end in ends[:-1]))

    def difference(self, other: "Skeleton") -> str:
        """Describe the first difference from another skeleton; "" where they are the same.

        Names, parents, channels with their order, and offsets are compared.
        """
        if len(self.names) != len(other.names):
            return f"it has {len(self.names)} joints instead of {len(other.names)}"
        for mine, its in zip(self.names, other.names, strict=True):
            if mine != its:
                return f"it has the joint `{mine}` in the place of `{its}`"
        for joint, name in enumerate(self.names):
            if self.parents[joint] != other.parents[joint]:
                mine, its = (one.names[one.parents[joint]] for one in (self, other))
                return f"its joint `{name}` is connected to `{mine}` instead of `{its}`"
            if self.channels[joint] != other.channels[joint]:
                mine, its = (" ".join(one.channels[joint]) for one in (self, other))
                return f"its joint `{name}` has the channels {mine} instead of {its}"
        if not np.array_equal(self.ends, other.ends):
            return "its end sites belong to other joints"
        names = [*self.names, *(f"{self.names[end]} (end)" for end in self.ends)]
        offsets = np.concatenate([self.offsets, self.end_offsets])
        apart = np.abs(offsets - np.concatenate([other.offsets, other.end_offsets])).max(axis=1)
        worst = int(apart.argmax())
        if apart[worst] > _SAME_OFFSET * np.linalg.norm(other.offsets, axis=1).max():
            return (
                f"the offset of `{names[worst]}` differs by {rounded(float(apart[worst]))}: "
                "its body has other proportions"
            )
        return ""


@dataclass(frozen=True, eq=False)
class Motion:
    """The movement of a skeleton.

    Attributes:
        skeleton: the joints.
        values: [T, C] the numbers of the file in its own order, C = `skeleton.width`, T ≥ 1:
            positions in the unit of the file, rotations in degrees.
        frame_time: seconds from a frame to the next.
        notes: what was found or changed on reading.

    Raises:
        UsageError: the values do not belong to the skeleton or are not finite, or the frame time
            is not positive.
    """

    skeleton: Skeleton
    values: FloatArray
    frame_time: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape, width = self.values.shape, self.skeleton.width
        if (
            len(shape) != 2
            or shape[0] < 1
            or shape[1] != width
            or not np.isfinite(self.values).all()
        ):
            raise UsageError(
                f"Values of the shape {list(shape)} are given, or values that are not finite. "
                f"Expected finite numbers [T, {width}] with T ≥ 1 for this skeleton. Check that "
                "they belong to it."
            )
        if not (np.isfinite(self.frame_time) and self.frame_time > 0):
            raise UsageError(
                f"A frame time of {self.frame_time} s is given. Expected a positive number of "
                "seconds. Pass 1 / 30 for 30 frames a second."
            )

    @property
    def seconds(self) -> float:
        """The time from the first frame to the end of the last."""
        return len(self.values) * self.frame_time
