"""Pose steps: a motion to steps and back, and what the numbers mean."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gated.errors import UsageError
from gated.media.motion import (
    Motion,
    Poses,
    Skeleton,
    Start,
    from_poses,
    pose_width,
    positions,
    to_poses,
)
from gated.media.motion.transforms import local_rotations, local_translations
from tests.media.motion.motions import body, still_motion, wild_motion

TOLERANCE = 1e-10  # the sum of a thousand roundings of numbers of size 100


def check_same(found: Motion, expected: Motion) -> None:
    for part in (local_rotations, local_translations):
        np.testing.assert_allclose(part(found), part(expected), atol=TOLERANCE)
    assert found.frame_time == expected.frame_time


class TestRoundTrip:
    @pytest.mark.parametrize("order", ["".join(letters) for letters in permutations("XYZ")])
    def test_every_order_of_rotations(self, order):
        motion = wild_motion(1, order=order)
        check_same(from_poses(to_poses(motion), motion), motion)
        check_same(from_poses(to_poses(motion), motion.skeleton), motion)

    @settings(deadline=None, max_examples=30)
    @given(st.integers(0, 2**32 - 1), st.integers(1, 50))
    def test_any_angles(self, seed, steps):
        motion = wild_motion(seed, steps)
        check_same(from_poses(to_poses(motion), motion), motion)

    def test_upside_down(self):
        """The heading is undetermined there, and the motion is kept all the same."""
        motion = still_motion(5)
        motion.values[1:4, 5] = 180.0
        motion.values[2:4, 3] = [20.0, 180.0]
        check_same(from_poses(to_poses(motion), motion), motion)

    def test_joints_with_one_and_two_axes(self):
        parts = vars(body()).copy()
        turns = [("Xrotation",), ("Zrotation", "Xrotation"), (), ("Yrotation",)]
        parts["channels"] = (parts["channels"][0], *turns, *parts["channels"][5:])
        skeleton = Skeleton(**{name: parts[name] for name in Skeleton.__dataclass_fields__})
        values = np.random.default_rng(0).uniform(-180, 180, (20, skeleton.width))
        motion = Motion(skeleton, values, 0.1)
        check_same(from_poses(to_poses(motion), motion), motion)

    def test_places_of_other_joints_are_kept_where_they_are_constant(self):
        parts = {name: getattr(body(), name) for name in Skeleton.__dataclass_fields__}
        parts["channels"] = (parts["channels"][0], parts["channels"][0], *parts["channels"][2:])
        motion = Motion(Skeleton(**parts), np.full((4, 27), 7.0), 0.1)
        poses = to_poses(motion)
        assert poses.notes == ()
        check_same(from_poses(poses, motion), motion)
        motion.values[2, 6] = 8.0
        assert to_poses(motion).notes == (
            "The places of 1 joint below the root change, such as `lLeg`; poses have only their "
            "rotations.",
        )


class TestMeaning:
    def test_width_and_rest(self):
        motion = still_motion()
        poses = to_poses(motion)
        assert poses.values.shape == (10, pose_width(motion.skeleton)) == (10, 4 + 6 * 7)
        identity = [1, 0, 0, 0, 1, 0] * 7
        np.testing.assert_allclose(poses.values, [[0, 0, 88, 0, *identity]] * 10, atol=1e-15)
        assert (poses.start, poses.frame_time, poses.notes) == (Start(), 0.04, ())

    @pytest.mark.parametrize("degrees", [0, 35, 90, 180, -120])
    def test_forward_and_left_do_not_depend_on_the_heading(self, degrees):
        motion = still_motion(3)
        motion.values[:, 4] = degrees
        heading = np.deg2rad(degrees)
        ahead = np.array([np.sin(heading), np.cos(heading)])  # x and z
        left = np.array([np.cos(heading), -np.sin(heading)])
        motion.values[1:, [0, 2]] = [3 * ahead, 3 * ahead + 2 * left]
        found = to_poses(motion).values[:, :4]
        np.testing.assert_allclose(found[1:], [[3, 0, 88, 0], [0, 2, 88, 0]], atol=1e-12)

    def test_the_heading_is_not_in_the_tilt(self):
        """A motion that is turned and moved has the same steps, from another start."""
        motion = wild_motion(3)
        turned = from_poses(to_poses(motion), motion, start=Start(40.0, -7.0, 2.1))
        found, expected = to_poses(turned), to_poses(motion)
        np.testing.assert_allclose(found.values, expected.values, atol=1e-9)
        assert found.start.heading == pytest.approx(2.1)
        assert (found.start.x, found.start.z) == (pytest.approx(40.0), pytest.approx(-7.0))
        # The same body, seen from elsewhere: distances between points are equal.
        one, other = (positions(each)[:, None, :] for each in (motion, turned))
        distances = [np.linalg.norm(each - each.swapaxes(1, 2), axis=-1) for each in (one, other)]
        np.testing.assert_allclose(*distances, atol=1e-9)

    def test_a_turn_across_180_degrees_is_small(self):
        motion = still_motion(3)
        motion.values[:, 4] = [170, -170, -150]
        turns = np.rad2deg(to_poses(motion).values[:, 3])
        np.testing.assert_allclose(turns, [0, 20, 20], atol=1e-9)

    def test_numbers_of_a_network_are_a_motion(self):
        values = np.random.default_rng(0).normal(size=(30, pose_width(body())))
        motion = from_poses(Poses(values, 1 / 30), body())
        rotations = local_rotations(motion)
        np.testing.assert_allclose(
            rotations @ rotations.swapaxes(-1, -2), np.broadcast_to(np.eye(3), rotations.shape),
            atol=1e-12,
        )  # fmt: skip
        np.testing.assert_allclose(motion.values[:, 1], values[:, 2])
        assert motion.values[0, [0, 2]].tolist() == [0, 0]

    def test_inputs_are_untouched(self):
        motion = wild_motion(5)
        before = motion.values.copy()
        poses = to_poses(motion)
        kept = poses.values.copy()
        from_poses(poses, motion)
        np.testing.assert_array_equal(motion.values, before)
        np.testing.assert_array_equal(poses.values, kept)


class TestBadInput:
    def test_a_root_without_six_channels(self):
        parts = {name: getattr(body(), name) for name in Skeleton.__dataclass_fields__}
        parts["channels"] = (("Xposition", "Yrotation"), *parts["channels"][1:])
        skeleton = Skeleton(**parts)
        motion = Motion(skeleton, np.zeros((2, 20)), 0.1)
        message = "`hip` has no channel Yposition, Zposition, Xrotation, Zrotation. Expected.*Expo"
        with pytest.raises(UsageError, match=message):
            to_poses(motion)
        with pytest.raises(UsageError, match=message):
            from_poses(to_poses(still_motion()), skeleton)

    @pytest.mark.parametrize("shape", [(5, 45), (0, 46), (46,)])
    def test_steps_of_another_skeleton(self, shape):
        with pytest.raises(
            UsageError, match=r"Expected \[T, 46\], 4 \+ 6 numbers .* 7 joints. Che"
        ):
            from_poses(Poses(np.zeros(shape), 0.1), body())

    def test_steps_that_are_not_finite(self):
        poses = to_poses(still_motion())
        values = poses.values.copy()
        values[6, 20] = np.nan
        with pytest.raises(UsageError, match=r"Pose step 6 has .*not finite.*Expected.*Leave out"):
            from_poses(replace(poses, values=values), body())
