"""Converts a motion to steps that do not depend on where it is and where it turns to, and back.

A pose step has W = 4 + 6 J numbers for a skeleton of J joints:

    0               forward velocity of the root, along its heading of the step before
    1               sideways velocity of the root, to its left (right-handed axes, y upwards)
    2               height of the root: its y
    3               change of the heading, radians from −π to π, counter-clockwise seen from above
    4 … 9           remaining tilt of the root in the 6-D form: its rotation without the heading
    10 + 6 (j − 1)  rotation of joint j = 1 … J − 1 relative to its parent, in the 6-D form

Velocities are in the unit of the file a frame, and of the same frame rate as the motion. The first
step has no velocity. The heading is the rotation about the vertical axis y nearest to that of the
root: with the quaternion (w, x, y, z) of the root it is 2 atan2(y, w). It is undetermined only
where the root is upside down. At heading 0, forward is z and the left side is x.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.media.motion.rotations import euler_to_matrix, matrix_to_six, six_to_matrix
from gated.media.motion.skeleton import CHANNELS, Motion, Skeleton
from gated.media.motion.transforms import local_rotations, local_translations, to_values
from gated.text import counted

__all__ = ["Poses", "Start", "from_poses", "pose_width", "to_poses"]

_ROOT = 4
_MOVED = 1e-4
"""Relative to the longest bone: less is the rounding of a file."""


@dataclass(frozen=True)
class Start:
    """Where a motion begins.

    Attributes:
        x, z: place of the root on the ground, in the unit of the file.
        heading: radians.
    """

    x: float = 0.0
    z: float = 0.0
    heading: float = 0.0


@dataclass(frozen=True, eq=False)
class Poses:
    """A motion as pose steps.

    Attributes:
        values: [T, W] as described by this module.
        frame_time: seconds from a step to the next.
        start: of the first step.
        notes: what of the motion is not in the steps.
    """

    values: FloatArray
    frame_time: float
    start: Start = Start()
    notes: tuple[str, ...] = ()


def pose_width(skeleton: Skeleton) -> int:
    """Return W, the numbers of a pose step: 4 + 6 J."""
    return _ROOT + 6 * len(skeleton.names)


def to_poses(motion: Motion) -> Poses:
    """Convert a motion to pose steps.

    Args:
        motion: whose root has three positions and three rotations.

    Returns:
        [T, W] steps, W = 4 + 6 J. A note names joints below the root whose places change: the
        steps have only their rotations.

    Raises:
        UsageError: the root has no six channels.

    Example:
        >>> from gated.media.motion import Skeleton
        >>> hip = Skeleton(("hip",), np.array([-1]), np.zeros((1, 3)), (CHANNELS,),
        ...     np.array([0]), np.array([[0.0, 1, 0]]))
        >>> motion = Motion(hip, np.array([[0.0, 9, 0, 0, 90, 0], [2.0, 9, 0, 0, 90, 0]]), 0.1)
        >>> poses = to_poses(motion)
        >>> (poses.values[1, :4].round(6) + 0).tolist()  # 2 forward, in the height 9
        [2.0, 0.0, 9.0, 0.0]
        >>> from_poses(poses, motion).values.round(6).tolist() == motion.values.tolist()
        True
    """
    _check_root(motion.skeleton)
    rotations, places = local_rotations(motion), local_translations(motion)
    root, ground = rotations[:, 0], places[:, 0]
    heading = np.arctan2(root[:, 0, 2] - root[:, 2, 0], root[:, 0, 0] + root[:, 2, 2])  # [T]
    steps = np.diff(ground, axis=0, prepend=ground[:1])[:, [2, 0]]  # [T, 2] along z and x
    # The heading of the step before is known when a step is predicted, its own is not.
    before = np.concatenate([heading[:1], heading[:-1]])
    cosine, sine = np.cos(before), np.sin(before)
    forward = cosine * steps[:, 0] + sine * steps[:, 1]
    left = cosine * steps[:, 1] - sine * steps[:, 0]
    turn = heading - before
    turn = np.arctan2(np.sin(turn), np.cos(turn))
    rotations[:, 0] = euler_to_matrix(-heading[:, None], "Y") @ root
    six = matrix_to_six(rotations).reshape(len(rotations), -1)  # [T, 6 J]
    values = np.column_stack([forward, left, ground[:, 1], turn, six])
    start = Start(float(ground[0, 0]), float(ground[0, 2]), float(heading[0]))
    return Poses(values, motion.frame_time, start, _moving_joints(motion.skeleton, places))


def from_poses(poses: Poses, like: Motion | Skeleton, start: Start | None = None) -> Motion:
    """Convert pose steps to a motion: headings and velocities are summed up from a start.

    Any finite numbers are a motion: those of rotations are made a rotation by Gram-Schmidt.

    Args:
        poses: [T, W] steps.
        like: the skeleton, with the order of the channels; of a motion, also its first places of
            the joints below the root, where these have position channels.
        start: where the motion begins; by default at the start of the poses.

    Raises:
        UsageError: the steps have another width than the skeleton needs or are not finite, or the
            root has no six channels.
    """
    skeleton = like if isinstance(like, Skeleton) else like.skeleton
    _check_root(skeleton)
    values, width = poses.values, pose_width(skeleton)
    if values.ndim != 2 or values.shape[1] != width or not len(values):
        raise UsageError(
            f"Pose steps of the shape {list(values.shape)} are given. Expected [T, {width}], 4 + 6 "
            f"numbers for each of {counted(len(skeleton.names), 'joint')}. Check that they belong "
            "to this skeleton."
        )
    if not np.isfinite(values).all():
        step = int(np.flatnonzero(~np.isfinite(values).all(axis=1))[0])
        raise UsageError(
            f"Pose step {step} has numbers that are not finite (NaN or infinite). Expected finite "
            "numbers. Leave out the steps from there on."
        )
    begin = poses.start if start is None else start
    heading = begin.heading + np.cumsum(values[:, 3]) - values[0, 3]
    before = np.concatenate([heading[:1], heading[:-1]])
    forward, left = values[:, 0].copy(), values[:, 1].copy()
    forward[0] = left[0] = 0.0  # the first step is at the start
    cosine, sine = np.cos(before), np.sin(before)
    rotations = six_to_matrix(values[:, _ROOT:].reshape(len(values), -1, 6))
    rotations[:, 0] = euler_to_matrix(heading[:, None], "Y") @ rotations[:, 0]
    rest = skeleton.offsets if isinstance(like, Skeleton) else local_translations(like)[0]
    places = np.tile(rest, (len(values), 1, 1))
    places[:, 0, 0] = begin.x + np.cumsum(sine * forward + cosine * left)
    places[:, 0, 1] = values[:, 2]
    places[:, 0, 2] = begin.z + np.cumsum(cosine * forward - sine * left)
    return Motion(skeleton, to_values(skeleton, rotations, places), poses.frame_time)


def _check_root(skeleton: Skeleton) -> None:
    missing = [name for name in CHANNELS if name not in skeleton.channels[0]]
    if missing:
        raise UsageError(
            f"The root `{skeleton.names[0]}` has no channel {', '.join(missing)}. Expected three "
            "positions and three rotations, because a pose moves and turns. Export the motion "
            "with six channels of the root."
        )


def _moving_joints(skeleton: Skeleton, places: FloatArray) -> tuple[str, ...]:
    """A note on joints below the root whose places [T, J, 3] change."""
    far = np.ptp(places[:, 1:], axis=0).max(axis=-1, initial=0.0)  # [J − 1]
    length = np.linalg.norm(skeleton.offsets, axis=1).max()
    moving = np.flatnonzero(far > _MOVED * length) + 1
    if not len(moving):
        return ()
    return (
        f"The places of {counted(len(moving), 'joint')} below the root change, such as "
        f"`{skeleton.names[moving[0]]}`; poses have only their rotations.",
    )
