"""Planted feet: what changes, what stays, part by part, and recorded dances."""

from dataclasses import replace

import numpy as np
import pytest

from gated.errors import UsageError
from gated.media.motion import (
    Ground,
    Motion,
    Poses,
    Start,
    foot_points,
    foot_skate,
    from_poses,
    planted,
    positions,
    to_poses,
)
from tests.media.motion.motions import body, still_motion, wild_motion


def _walk(steps: int = 60) -> Motion:
    """One leg is raised in turn; the body slides along a curve and turns."""
    motion = still_motion(steps)
    time = np.arange(steps)
    values = motion.values.copy()
    values[:, 0], values[:, 2] = 3 * time, 40 * np.sin(time / 9)
    values[:, 4] = 5 * time
    names, columns = motion.skeleton.names, motion.skeleton.columns
    lift = np.maximum(0, np.sin(time / 5)), np.maximum(0, -np.sin(time / 5))
    for name, angle in zip(("lLeg", "rLeg"), lift, strict=True):
        values[:, columns[names.index(name)] + 1] = -60 * angle
    return replace(motion, values=values)


def test_the_supporting_foot_stands_still() -> None:
    walk = _walk()
    ground = Ground.under([walk])
    feet = foot_points(walk.skeleton)
    made = from_poses(planted(to_poses(walk), walk, ground), walk)
    before, after = (foot_skate(positions(each), feet, 0.04) for each in (walk, made))
    assert before > 50
    assert after < 0.1 * before
    points = positions(walk)
    assert ground.height == pytest.approx(np.quantile(points[:, feet, 1].min(1), 0.05))
    assert ground.contact == pytest.approx(0.025 * np.median(np.ptp(points[..., 1], axis=1)))


def test_strength_is_the_share_that_is_removed() -> None:
    walk = _walk()
    poses, ground = to_poses(walk), Ground.under([walk])
    whole, half, none = (planted(poses, walk, ground, each).values for each in (1.0, 0.5, 0.0))
    np.testing.assert_allclose(half, (whole + poses.values) / 2, atol=1e-9)
    np.testing.assert_array_equal(none, poses.values)


def test_only_the_velocity_changes_and_only_near_the_ground() -> None:
    walk = _walk()
    poses, ground = to_poses(walk), Ground.under([walk])
    found = planted(poses, walk, ground)
    np.testing.assert_array_equal(found.values[:, 2:], poses.values[:, 2:])
    assert found.start == poses.start
    jump = replace(poses, values=poses.values + np.eye(poses.values.shape[1])[2] * 50)
    np.testing.assert_array_equal(planted(jump, walk, ground).values, jump.values)


def test_parts_are_planted_as_the_whole() -> None:
    motion = wild_motion(3)
    poses, ground = to_poses(motion), Ground.under([motion])
    whole = planted(poses, motion, ground).values
    heading = poses.start.heading + poses.values[1:20, 3].sum()
    part = Poses(poses.values[19:], poses.frame_time, Start(7.0, -3.0, heading))
    np.testing.assert_allclose(planted(part, motion, ground).values[1:], whole[20:], atol=1e-8)


def test_one_frame_stays() -> None:
    motion = still_motion(1)
    poses = to_poses(motion)
    found = planted(poses, motion, Ground.under([motion]))
    np.testing.assert_array_equal(found.values, poses.values)


def test_a_body_without_feet_has_no_ground() -> None:
    skeleton = body()
    names = tuple(f"joint {index}" for index in range(len(skeleton.names)))
    motion = Motion(replace(skeleton, names=names), still_motion().values, 0.04)
    with pytest.raises(UsageError, match="No joint is named after toe, foot, ankle"):
        Ground.under([motion])
