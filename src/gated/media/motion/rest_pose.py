"""Leaves out the rest pose that some files begin with: a body with spread arms, in the first frame.

Programs write it so that others know the skeleton. In the movement it would be a jump.
"""

from dataclasses import replace

import numpy as np

from gated.media.motion.skeleton import Motion
from gated.media.motion.transforms import local_rotations

__all__ = ["without_rest_pose"]

_JUMP, _JUMP_OF_NEXT = 4.0, 1.5
"""How many times as far as usual, and as in the next frame, all joints turn in a jump."""
_LEAST_FRAMES = 10
"""Of fewer frames it is not known what is usual."""


def without_rest_pose(motion: Motion) -> Motion:
    """Return the motion without its first frame, if the body jumps from there to the second one.

    A jump is more than 4 times the median change of the rotations, and 1.5 times that of the next
    frame. A note says that a frame was left out.

    Example:
        >>> from gated.media.motion import Skeleton
        >>> arm = Skeleton(
        ...     ("arm",), np.array([-1]), np.zeros((1, 3)), (("Zrotation",),), np.array([0]),
        ...     np.array([[1.0, 0, 0]]))
        >>> swing = Motion(arm, np.array([[0.0], *([70.0 + step] for step in range(9))]), 0.1)
        >>> without_rest_pose(swing).values[0].tolist()
        [70.0]
    """
    if len(motion.values) < _LEAST_FRAMES:
        return motion
    rotations = local_rotations(motion)
    changes = np.sqrt(np.square(np.diff(rotations, axis=0)).sum((1, 2, 3)))  # [T − 1]
    if changes[0] <= max(_JUMP * np.median(changes), _JUMP_OF_NEXT * changes[1]):
        return motion
    note = "The first frame is a rest pose, from which the body jumps; it is left out."
    return replace(motion, values=motion.values[1:], notes=(*motion.notes, note))
