"""Changes the frame rate of a motion, with rotations on the shortest way between two frames."""

import math
from dataclasses import replace

import numpy as np

from gated.errors import UsageError
from gated.media.motion.rotations import interpolated_rotations
from gated.media.motion.skeleton import Motion
from gated.media.motion.transforms import local_rotations, local_translations, to_values
from gated.text import amount

__all__ = ["check_rate", "has_rate", "resampled"]

_LOWEST_RATE, _HIGHEST_RATE = 1.0, 1_000.0
_SAME_RATE = 1e-4
"""Relative: files write 1/30 s as 0.0333333 or as 0.033333."""


def resampled(motion: Motion, rate: float) -> Motion:
    """Return a motion at another frame rate.

    Each new frame lies between two old ones: rotations are interpolated on the shortest way (slerp)
    and positions linearly. Movement that is faster than half the new rate is not filtered.

    Args:
        motion: T frames.
        rate: frames a second, from 1 to 1,000.

    Returns:
        The motion from the time of the first frame to at most that of the last. Its numbers are
        those of `motion` where the rate is the same.

    Raises:
        UsageError: the rate is out of range.

    Example:
        >>> from gated.media.motion import Skeleton
        >>> turn = Skeleton(
        ...     ("hip",), np.array([-1]), np.zeros((1, 3)), (("Yrotation",),),
        ...     np.array([0]), np.array([[0.0, 1, 0]]))
        >>> motion = Motion(turn, np.array([[170.0], [-170.0]]), 1 / 10)
        >>> resampled(motion, 20).values.round(6).tolist()
        [[170.0], [180.0], [-170.0]]
    """
    check_rate(rate)
    if has_rate(motion, rate):
        return replace(motion, frame_time=1 / rate)
    old, old_rate = len(motion.values), _rate(motion)
    # A new frame within a millionth of the last old one is that one.
    count = math.floor((old - 1) / old_rate * rate + 1e-6) + 1
    at = np.minimum(np.arange(count) / rate * old_rate, old - 1)
    before = np.minimum(at.astype(np.int64), max(old - 2, 0))
    after = np.minimum(before + 1, old - 1)
    share = at - before
    rotations, places = local_rotations(motion), local_translations(motion)
    new_rotations = interpolated_rotations(rotations[before], rotations[after], share[:, None])
    weight = share[:, None, None]
    new_places = (1 - weight) * places[before] + weight * places[after]
    values = to_values(motion.skeleton, new_rotations, new_places)
    note = f"Resampled from {amount(old_rate)} to {amount(rate)} frames a second."
    return Motion(motion.skeleton, values, 1 / rate, (*motion.notes, note))


def check_rate(rate: float) -> None:
    """Check the rate that a caller gave.

    Raises:
        UsageError: it is out of range.
    """
    if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
        raise UsageError(
            f"A rate of {rate} is given. Expected {_LOWEST_RATE:g} to {_HIGHEST_RATE:,.0f} frames "
            "a second. Pass the rate of most files, such as 30."
        )


def has_rate(motion: Motion, rate: float) -> bool:
    """Return whether a motion has this frame rate, up to the rounding of the frame time."""
    return abs(motion.frame_time * rate - 1) < _SAME_RATE


def _rate(motion: Motion) -> float:
    """Frames a second; a whole number where that is meant."""
    rate = 1 / motion.frame_time
    return round(rate) if has_rate(motion, max(round(rate), 1)) else rate
