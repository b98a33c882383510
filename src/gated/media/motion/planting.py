"""Keeps the supporting foot in its place: changes the velocity of the root of pose steps.

    d_k      how far foot k moves along the ground from a frame to the next
    c_k      from 1 where the foot is on the ground to 0 at twice the height of a contact
    u_k      c_k / (|d_k|² + ε²)
    root     its step is reduced by (Σ u_k d_k / Σ u_k) · max c_k

The slower foot of two on the ground is taken for the supporting one. Rotations and heights do not
change, and a frame depends on the one before it only: a stream can be planted part by part.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.media.motion.kinematics import foot_points, positions
from gated.media.motion.poses import Poses, from_poses
from gated.media.motion.skeleton import Motion, Skeleton

__all__ = ["Ground", "planted"]

_CONTACT_SHARE = 0.025
"""Height of a foot on the ground, as a share of the height of the body; see `foot_contact`."""
_GROUND_QUANTILE = 0.05
_STILL = 0.1
"""ε in heights of a contact."""


@dataclass(frozen=True)
class Ground:
    """The ground under recorded motions.

    Attributes:
        feet: [K] indices of points, such as `foot_points`.
        height: of a foot that stands, in the unit of the file.
        contact: how far above that a foot is still on the ground.
    """

    feet: IntArray
    height: float
    contact: float

    @classmethod
    def under(cls, motions: Sequence[Motion]) -> Self:
        """Find the ground: the lower foot is below it in 5 % of all frames.

        Args:
            motions: of one skeleton, at least one.

        Raises:
            UsageError: no joint is named after a foot.
        """
        feet = foot_points(motions[0].skeleton)
        points = [positions(motion) for motion in motions]
        lower = np.concatenate([each[:, feet, 1].min(axis=1) for each in points])
        body = np.concatenate([np.ptp(each[..., 1], axis=1) for each in points])
        height = float(np.quantile(lower, _GROUND_QUANTILE))
        return cls(feet, height, _CONTACT_SHARE * float(np.median(body)))


def planted(poses: Poses, like: Motion | Skeleton, ground: Ground, strength: float = 1.0) -> Poses:
    """Return pose steps whose supporting foot does not slide.

    Args:
        poses: [T, W] steps. The first one stays as it is.
        like: the skeleton, as in `from_poses`.
        ground: of the feet.
        strength: share of the sliding that is removed, from 0 to 1.

    Returns:
        Steps with other forward and sideways velocities.

    Raises:
        UsageError: the steps do not belong to the skeleton, or are not finite.

    Example:
        >>> from gated.media.motion import to_poses
        >>> channels = ("Xposition", "Yposition", "Zposition", "Zrotation", "Yrotation",
        ...     "Xrotation")
        >>> body = Skeleton(
        ...     ("hip", "foot"), np.array([-1, 0]), np.array([[0, 0, 0], [0, -90.0, 0]]),
        ...     (channels, ()), np.array([1]), np.array([[0, 0, 20.0]]))
        >>> sliding = np.zeros((3, 6))
        >>> sliding[:, 0], sliding[:, 1] = [0, 2, 4], 90
        >>> motion = Motion(body, sliding, 0.1)
        >>> planted(to_poses(motion), body, Ground.under([motion])).values[:, 1].round(3).tolist()
        [0.0, 0.0, 0.0]
    """
    points = positions(from_poses(poses, like))[:, ground.feet]
    steps = np.diff(points[..., [2, 0]], axis=0)  # [T − 1, K, 2] along z and x
    above = (points[..., 1] - ground.height) / ground.contact
    contact = (2 - np.maximum(above[:-1], above[1:])).clip(0, 1)  # [T − 1, K]
    weights = contact / (np.square(steps).sum(-1) + (_STILL * ground.contact) ** 2)
    total = weights.sum(1, keepdims=True)
    share = weights / np.where(total > 0, total, 1)
    slide = strength * contact.max(1, keepdims=True) * (share[..., None] * steps).sum(1)
    forward, left = _turned(slide, poses)
    values = poses.values.copy()
    values[1:, 0] -= forward
    values[1:, 1] -= left
    return replace(poses, values=values)


def _turned(steps: FloatArray, poses: Poses) -> tuple[FloatArray, FloatArray]:
    """[T − 1] forward and to the left, of steps [T − 1, 2] along z and x."""
    turns = poses.values[:-1, 3].copy()
    turns[:1] = 0  # the first heading is that of the start
    heading = poses.start.heading + turns.cumsum()
    cosine, sine = np.cos(heading), np.sin(heading)
    return (
        cosine * steps[:, 0] + sine * steps[:, 1],
        cosine * steps[:, 1] - sine * steps[:, 0],
    )
