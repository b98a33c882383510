"""Computes where the joints of a motion are, and how they move: speed, stillness, sliding feet.

Points are the J joints of a skeleton, then its E end sites. The axis y points upwards.
"""

from itertools import groupby

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.errors import UsageError
from gated.media.motion.skeleton import Motion, Skeleton
from gated.media.motion.transforms import local_rotations, local_translations
from gated.text import listed

__all__ = [
    "bones",
    "energy",
    "foot_contact",
    "foot_points",
    "foot_skate",
    "frozen_seconds",
    "joint_speed",
    "positions",
]

_FOOT_NAMES = ("toe", "foot", "ankle")
_CONTACT_SHARE = 0.025
"""Height of a foot on the ground, as a share of the height of the body."""
_GROUND_QUANTILE = 0.05
_FROZEN_SHARE = 0.1


def positions(motion: Motion) -> FloatArray:
    """Compute the places of all points (forward kinematics).

    Args:
        motion: T frames of a skeleton with J joints and E end sites.

    Returns:
        [T, J + E, 3] x, y and z in the unit of the file.

    Example:
        >>> arm = Skeleton(
        ...     ("shoulder", "elbow"), np.array([-1, 0]), np.array([[0, 0, 0], [3.0, 0, 0]]),
        ...     (("Zrotation",), ("Zrotation",)), np.array([1]), np.array([[2.0, 0, 0]]))
        >>> positions(Motion(arm, np.array([[90.0, -90.0]]), 0.1))[0].round(6).tolist()
        [[0.0, 0.0, 0.0], [0.0, 3.0, 0.0], [2.0, 3.0, 0.0]]
    """
    skeleton = motion.skeleton
    joints = len(skeleton.names)
    rotations, local = local_rotations(motion), local_translations(motion)
    points = np.empty((len(local), joints + len(skeleton.ends), 3))
    for joint, parent in enumerate(skeleton.parents):
        if parent < 0:
            points[:, joint] = local[:, joint]
            continue
        offset = (rotations[:, parent] @ local[:, joint, :, None])[..., 0]
        points[:, joint] = points[:, parent] + offset
        rotations[:, joint] = rotations[:, parent] @ rotations[:, joint]  # now of the world
    for end, joint in enumerate(skeleton.ends):
        offset = rotations[:, joint] @ skeleton.end_offsets[end]
        points[:, joints + end] = points[:, joint] + offset
    return points


def bones(skeleton: Skeleton) -> IntArray:
    """Return the bones [B, 2] as pairs of points: a joint's parent and the joint, or its end site.

    Example:
        >>> hip = Skeleton(("hip",), np.array([-1]), np.zeros((1, 3)), ((),),
        ...     np.array([0]), np.array([[0.0, 1, 0]]))
        >>> bones(hip).tolist()
        [[0, 1]]
    """
    joints = len(skeleton.names)
    inner = np.column_stack([skeleton.parents, np.arange(joints)])[1:]
    outer = np.column_stack([skeleton.ends, joints + np.arange(len(skeleton.ends))])
    return np.concatenate([inner, outer]).astype(np.int64)


def foot_points(skeleton: Skeleton) -> IntArray:
    """Find the points of the feet by their names: toes, else feet, else ankles, in any case.

    Returns:
        [K] the end sites of these joints where they have one, else the joints.

    Raises:
        UsageError: no joint has such a name.
    """
    joints = len(skeleton.names)
    for word in _FOOT_NAMES:
        found = [joint for joint, name in enumerate(skeleton.names) if word in name.lower()]
        if found:
            tips = {int(joint): joints + end for end, joint in enumerate(skeleton.ends)}
            parents = {int(skeleton.parents[joint]) for joint in found}
            last = [joint for joint in found if joint not in parents]
            return np.array([tips.get(joint, joint) for joint in last], dtype=np.int64)
    raise UsageError(
        f"No joint is named after {', '.join(_FOOT_NAMES)}; the joints are "
        f"{listed(skeleton.names)}. Expected the points of the feet. Pass their indices."
    )


def foot_contact(points: FloatArray, feet: IntArray, threshold: float | None = None) -> BoolArray:
    """Return in which frames [T, K] each foot is on the ground: below a height.

    The ground is at the height below which the lower foot is in 5 % of the frames.

    Args:
        points: [T, P, 3] of `positions`.
        feet: [K] indices of points, such as `foot_points`.
        threshold: height above the ground, in the unit of the points; by default 2.5 % of the
            median height of the body.
    """
    heights = points[:, feet, 1]
    limit = _CONTACT_SHARE * _body_height(points) if threshold is None else threshold
    ground = np.quantile(heights.min(axis=1), _GROUND_QUANTILE)
    contact: BoolArray = heights <= ground + limit
    return contact


def foot_skate(
    points: FloatArray, feet: IntArray, frame_time: float, threshold: float | None = None
) -> float:
    """Compute how fast the lower foot slides: its mean speed along the ground while it is on it.

    Args:
        points: [T, P, 3] of `positions`.
        feet: [K] indices of points, such as `foot_points`.
        frame_time: seconds.
        threshold: as in `foot_contact`.

    Returns:
        Units of the points a second, over the frames where the lower foot is on the ground in this
        frame and in the next; NaN where there is none.

    Example:
        >>> points = np.zeros((4, 2, 3))
        >>> points[:, 1, 1] = 100.0  # the head
        >>> points[:, 0, 0] = [0, 1, 2, 3]  # the foot
        >>> foot_skate(points, np.array([0]), frame_time=0.5)
        2.0
    """
    contact = foot_contact(points, feet, threshold)
    frames = np.arange(len(points) - 1)
    lower = points[:-1, feet, 1].argmin(axis=1)
    steps = np.diff(points[:, feet][..., [0, 2]], axis=0)[frames, lower]  # [T − 1, 2]
    on_ground = contact[frames, lower] & contact[frames + 1, lower]
    if not on_ground.any():
        return float("nan")
    return float(np.linalg.norm(steps[on_ground], axis=1).mean() / frame_time)


def joint_speed(points: FloatArray, frame_time: float) -> FloatArray:
    """Compute the mean speed [T − 1] of all points between frames, in their unit a second."""
    speed: FloatArray = np.linalg.norm(np.diff(points, axis=0), axis=2).mean(axis=1) / frame_time
    return speed


def energy(points: FloatArray, frame_time: float) -> float:
    """Compute the mean speed of all points in all frames, in their unit a second; NaN if T is 1."""
    speed = joint_speed(points, frame_time)
    return float(speed.mean()) if len(speed) else float("nan")


def frozen_seconds(points: FloatArray, frame_time: float, median_speed: float) -> float:
    """Find the longest time in which the body stands still.

    Args:
        points: [T, P, 3] of `positions`.
        frame_time: seconds.
        median_speed: the usual speed, such as the median of `joint_speed` of recorded motions.
            Frames below 10 % of it are still.

    Returns:
        Seconds; 0 where no frame is still.

    Example:
        >>> points = np.zeros((6, 1, 3))
        >>> points[:, 0, 0] = [0, 1, 2, 2, 2, 3]
        >>> frozen_seconds(points, frame_time=0.5, median_speed=2.0)
        1.0
    """
    still = joint_speed(points, frame_time) < _FROZEN_SHARE * median_speed
    longest = max((len(list(run)) for is_still, run in groupby(still) if is_still), default=0)
    return longest * frame_time


def _body_height(points: FloatArray) -> float:
    return float(np.median(np.ptp(points[..., 1], axis=1)))
