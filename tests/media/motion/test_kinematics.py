"""Places of joints, feet on the ground, sliding, stillness."""

import numpy as np
import pytest

from gated.errors import UsageError
from gated.media.motion import (
    Motion,
    Skeleton,
    bones,
    energy,
    foot_contact,
    foot_points,
    foot_skate,
    frozen_seconds,
    joint_speed,
    positions,
)
from gated.media.motion.rotations import euler_to_matrix
from tests.media.motion.motions import body, still_motion, wild_motion


class TestPositions:
    def test_the_rest_pose_is_the_sum_of_offsets(self):
        found = positions(still_motion(2))
        assert found.shape == (2, 11, 3)
        expected = [
            [0, 88, 0], [9, 84, 0], [9, 4, 0], [-9, 84, 0], [-9, 4, 0], [18, 138, 0],
            [-18, 138, 0], [9, 0, 12], [-9, 0, 12], [73, 138, 0], [-73, 138, 0],
        ]  # fmt: skip
        np.testing.assert_allclose(found, [expected, expected], atol=1e-12)

    def test_a_chain_of_rotations(self):
        """One leg by hand: each offset is turned by all joints above it."""
        motion = wild_motion(0, 1, "YXZ")
        degrees = np.deg2rad(motion.values[0])
        hip = euler_to_matrix(degrees[3:6], "ZYX")
        leg = hip @ euler_to_matrix(degrees[6:9], "YXZ")
        foot = leg @ euler_to_matrix(degrees[9:12], "YXZ")
        at_leg = motion.values[0, :3] + hip @ [9, -4, 0]
        at_foot = at_leg + leg @ [0, -80, 0]
        found = positions(motion)[0]
        expected = [at_leg, at_foot, at_foot + foot @ [0, -4, 12]]
        np.testing.assert_allclose(found[[1, 2, 7]], expected, atol=1e-12)

    def test_bones_keep_their_length(self):
        motion = wild_motion(2)
        pairs = bones(motion.skeleton)
        points = positions(motion)
        lengths = np.linalg.norm(points[:, pairs[:, 0]] - points[:, pairs[:, 1]], axis=2)
        offsets = np.concatenate([motion.skeleton.offsets[1:], motion.skeleton.end_offsets])
        expected = np.linalg.norm(offsets, axis=1)
        np.testing.assert_allclose(lengths, np.broadcast_to(expected, lengths.shape), rtol=1e-12)

    def test_position_channels_replace_the_offset(self):
        """Files with six channels a joint repeat the offset in them; it does not count twice."""
        skeleton = Skeleton(
            ("hip", "leg"), np.array([-1, 0]), np.array([[0, 90, 0], [0, -40.0, 1]]),
            (("Xposition", "Yposition", "Zposition"), ("Yposition",)),
            np.zeros(0, np.int64), np.zeros((0, 3)),
        )  # fmt: skip
        found = positions(Motion(skeleton, np.array([[1.0, 92, 3, -41]]), 0.1))
        assert found[0].tolist() == [[1, 92, 3], [1, 51, 4]]

    def test_bones(self):
        assert bones(body()).tolist() == [
            [0, 1], [1, 2], [0, 3], [3, 4], [0, 5], [0, 6], [2, 7], [4, 8], [5, 9], [6, 10],
        ]  # fmt: skip


class TestFeet:
    def test_are_found_by_name(self):
        assert foot_points(body()).tolist() == [7, 8]

    @pytest.mark.parametrize(
        ("names", "expected"),
        [
            (("hip", "leg", "LeftFoot", "LeftToeBase", "b", "c", "d"), [3]),
            (("hip", "leg", "LEFT_FOOT", "x", "b", "Right foot", "d"), [7, 9]),
            (("hip", "leg", "lAnkle", "x", "rAnkle", "c", "d"), [7, 8]),
            (("hip", "leg", "LeftToe1", "LeftToe2", "RightToe", "c", "d"), [7, 8]),
        ],
    )
    def test_toes_before_feet_before_ankles(self, names, expected):
        parts = {name: getattr(body(), name) for name in Skeleton.__dataclass_fields__}
        assert foot_points(Skeleton(**(parts | {"names": names}))).tolist() == expected

    def test_no_such_name(self):
        parts = {name: getattr(body(), name) for name in Skeleton.__dataclass_fields__}
        with pytest.raises(
            UsageError, match=r"No joint is named.* are `a`, .*Expected.*Pass their"
        ):
            foot_points(Skeleton(**(parts | {"names": tuple("abcdefg")})))

    def test_contact(self):
        points = np.zeros((4, 3, 3))
        points[:, 2, 1] = 200  # the head: the default is 5
        points[:, 0, 1] = [0, 4.9, 5.1, 0]
        points[:, 1, 1] = [10, 0, 0, 4]
        feet = np.array([0, 1])
        expected = [[True, False], [True, True], [False, True], [True, True]]
        assert foot_contact(points, feet).tolist() == expected
        assert foot_contact(points + np.array([0, 50, 0]), feet).tolist() == expected
        assert foot_contact(points, feet, threshold=5.2)[:, 0].all()

    def test_a_standing_body_that_is_pushed_slides(self):
        motion = still_motion()
        motion.values[:, 0] = np.arange(10) * 2.0  # 2 in 0.04 s
        points, feet = positions(motion), foot_points(motion.skeleton)
        assert foot_skate(points, feet, 0.04) == pytest.approx(50)
        assert foot_skate(positions(still_motion()), feet, 0.04) == 0

    def test_a_foot_in_the_air_does_not_slide(self):
        points = np.zeros((5, 3, 3))
        points[:, 2, 1] = 200
        points[:, 1, 1] = 30
        points[:, 1, 2] = [0, 10, 20, 30, 40]
        assert foot_skate(points, np.array([0, 1]), 0.1) == 0

    def test_no_contact_is_nan(self):
        points = np.zeros((2, 2, 3))
        points[:, 1, 1] = 200
        points[1, 0, 1] = 100
        assert np.isnan(foot_skate(points, np.array([0]), 0.1))
        assert np.isnan(foot_skate(points[:1], np.array([0]), 0.1))


class TestSpeed:
    def test_energy_is_the_mean_speed(self):
        points = np.zeros((3, 2, 3))
        points[1:, 0, 0] = 3
        points[2, 1] = [0, 3, 4]
        assert joint_speed(points, 0.5).tolist() == [3, 5]
        assert energy(points, 0.5) == 4
        assert np.isnan(energy(points[:1], 0.5))

    def test_frozen_is_the_longest_stretch(self):
        steps = np.array([1, 0.05, 0.05, 1, 0, 0, 0.09, 0, 1, 0.11, 0])
        points = np.zeros((12, 1, 3))
        points[1:, 0, 2] = np.cumsum(steps)
        assert frozen_seconds(points, 1.0, median_speed=1.0) == 4
        assert frozen_seconds(points, 0.5, median_speed=2.0) == 2
        assert frozen_seconds(points, 1.0, median_speed=0.0) == 0
        assert frozen_seconds(points[:1], 1.0, median_speed=1.0) == 0
