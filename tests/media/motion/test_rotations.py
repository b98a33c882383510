"""Rotations: every form to a matrix and back, also where a form is degenerate."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gated.errors import UsageError
from gated.media.motion.rotations import (
    axis_angle_to_matrix,
    euler_to_matrix,
    interpolated_rotations,
    matrix_to_axis_angle,
    matrix_to_euler,
    matrix_to_six,
    six_to_matrix,
)

ORDERS = ["".join(letters) for letters in permutations("XYZ")]
FEWER = [*"XYZ", *("".join(letters) for letters in permutations("XYZ", 2))]
TOLERANCE = 1e-12  # a few roundings of float64 at size 1

unhurried = settings(deadline=None)  # beside other work, a first call may be slow
orders = st.sampled_from(ORDERS)
angles = arrays(np.float64, 3, elements=st.floats(-2 * np.pi, 2 * np.pi))
near_lock = st.sampled_from([0.0, 1e-15, 1e-13, 1e-12, 1e-11, 1e-9, 1e-8, 1e-6, 1e-3])
any_six = arrays(np.float64, 6, elements=st.floats(-1e6, 1e6))


def is_rotation(matrix: np.ndarray) -> bool:
    upright = np.swapaxes(matrix, -1, -2) @ matrix
    return bool(
        np.allclose(upright, np.eye(3), rtol=0, atol=TOLERANCE)
        and np.allclose(np.linalg.det(matrix), 1, rtol=0, atol=TOLERANCE)
    )


def about(axis: str, angle: float) -> np.ndarray:
    """One rotation, by the exponential of the cross product with its axis."""
    cross = {"X": (2, 1), "Y": (0, 2), "Z": (1, 0)}[axis]
    matrix = np.zeros((3, 3))
    matrix[cross], matrix[cross[::-1]] = angle, -angle
    total, term = np.eye(3), np.eye(3)
    for power in range(1, 40):
        term = term @ matrix / power
        total = total + term
    return total


class TestEuler:
    @pytest.mark.parametrize("order", ORDERS)
    def test_the_first_letter_is_the_outermost_rotation(self, order):
        first, second, third = (about(*one) for one in zip(order, (0.4, -1.1, 2.5), strict=True))
        found = euler_to_matrix(np.array([0.4, -1.1, 2.5]), order)
        np.testing.assert_allclose(found, first @ second @ third, atol=TOLERANCE)

    @unhurried
    @given(angles, orders)
    def test_the_angles_of_a_matrix_give_the_matrix(self, angles, order):
        matrix = euler_to_matrix(angles, order)
        found = matrix_to_euler(matrix, order)
        assert abs(found[1]) <= np.pi / 2
        np.testing.assert_allclose(euler_to_matrix(found, order), matrix, atol=TOLERANCE)

    @unhurried
    @given(angles, orders, near_lock, st.booleans())
    def test_at_and_near_gimbal_lock(self, angles, order, distance, is_up):
        angles[1] = np.pi / 2 - distance if is_up else distance - np.pi / 2
        matrix = euler_to_matrix(angles, order)
        found = euler_to_matrix(matrix_to_euler(matrix, order), order)
        np.testing.assert_allclose(found, matrix, atol=TOLERANCE)

    @unhurried
    @given(angles, orders)
    def test_small_angles_stay_the_same(self, angles, order):
        angles = angles / 5  # within ±72°
        found = matrix_to_euler(euler_to_matrix(angles, order), order)
        np.testing.assert_allclose(found, angles, atol=1e-11)  # divided by cos 72° = 0.3

    @unhurried
    @given(angles, st.sampled_from(FEWER))
    def test_joints_with_fewer_axes(self, angles, order):
        matrix = euler_to_matrix(angles[: len(order)], order)
        found = euler_to_matrix(matrix_to_euler(matrix, order), order)
        np.testing.assert_allclose(found, matrix, atol=TOLERANCE)

    def test_no_axis_is_the_identity(self):
        np.testing.assert_array_equal(euler_to_matrix(np.zeros((2, 0)), ""), [np.eye(3)] * 2)
        assert matrix_to_euler(np.eye(3)[None], "").shape == (1, 0)

    @pytest.mark.parametrize("order", ["XYX", "zxy", "XYZX", "AB"])
    def test_an_unknown_order(self, order):
        message = f"The order of rotations '{order}' is given. Expected different.*Use each axis"
        with pytest.raises(UsageError, match=message):
            euler_to_matrix(np.zeros(len(order)), order)
        with pytest.raises(UsageError, match=message):
            matrix_to_euler(np.eye(3), order)

    def test_more_angles_than_letters(self):
        with pytest.raises(UsageError, match=r"shape \[5, 3\] are given for the order XY\..*Pass"):
            euler_to_matrix(np.zeros((5, 3)), "XY")


class TestSix:
    @unhurried
    @given(angles)
    def test_round_trip(self, angles):
        matrix = euler_to_matrix(angles, "YXZ")
        np.testing.assert_allclose(six_to_matrix(matrix_to_six(matrix)), matrix, atol=TOLERANCE)

    @unhurried
    @given(any_six)
    def test_any_six_numbers_are_a_rotation(self, six):
        assert is_rotation(six_to_matrix(six))

    @pytest.mark.parametrize(
        "six",
        [
            [0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 1, 0],
            [0, 0, 0, 1, 0, 0],
            [1, 0, 0, 3, 0, 0],
            [1, 0, 0, 0, 0, 0],
            [1e300, 1e300, 0, -1e300, 0, 1e300],
            [1e-300, 0, 0, 1, 1e-300, 0],
            [1, 1, 1, 1, 1, 1 + 1e-15],
        ],
    )
    def test_degenerate_numbers(self, six):
        assert is_rotation(six_to_matrix(np.array(six, dtype=np.float64)))

    @unhurried
    @given(angles, st.floats(0.01, 100), st.floats(0.01, 100), st.floats(-100, 100))
    def test_length_and_shear_have_no_effect(self, angles, first, second, shear):
        matrix = euler_to_matrix(angles, "ZXY")
        six = np.concatenate([first * matrix[:, 0], second * matrix[:, 1] + shear * matrix[:, 0]])
        # Rounding grows with the shear over the second length: 1e4 roundings of 1e-16.
        np.testing.assert_allclose(six_to_matrix(six), matrix, atol=1e-10)

    def test_leading_dimensions(self):
        matrices = euler_to_matrix(np.random.default_rng(0).normal(size=(4, 2, 3)), "XYZ")
        assert matrix_to_six(matrices).shape == (4, 2, 6)
        np.testing.assert_allclose(six_to_matrix(matrix_to_six(matrices)), matrices, atol=TOLERANCE)


class TestAxisAngle:
    @unhurried
    @given(angles)
    def test_round_trip(self, vector):
        matrix = axis_angle_to_matrix(vector)
        assert is_rotation(matrix)
        found = matrix_to_axis_angle(matrix)
        assert np.linalg.norm(found) <= np.pi + TOLERANCE
        np.testing.assert_allclose(axis_angle_to_matrix(found), matrix, atol=TOLERANCE)

    @pytest.mark.parametrize("angle", [0, 1e-300, 1e-12, 1e-8, 1.0, np.pi - 1e-9])
    def test_angle_and_axis_stay_the_same(self, angle):
        vector = angle * np.array([0.6, 0.0, -0.8])
        found = matrix_to_axis_angle(axis_angle_to_matrix(vector))
        np.testing.assert_allclose(found, vector, rtol=1e-6, atol=1e-16)

    def test_half_a_turn(self):
        for axis in np.eye(3):
            matrix = axis_angle_to_matrix(np.pi * axis)
            np.testing.assert_allclose(
                np.abs(matrix_to_axis_angle(matrix)), np.pi * axis, atol=1e-12
            )

    @pytest.mark.parametrize("axis", "XYZ")
    def test_it_is_the_rotation_about_an_axis(self, axis):
        vector = np.where(np.array(list("XYZ")) == axis, 0.7, 0.0)
        np.testing.assert_allclose(axis_angle_to_matrix(vector), about(axis, 0.7), atol=TOLERANCE)


@unhurried
@given(angles, angles, st.floats(0, 1))
def test_interpolation_turns_at_constant_speed(begin, end, share):
    one, other = euler_to_matrix(begin, "ZXY"), euler_to_matrix(end, "ZXY")
    found = interpolated_rotations(one, other, np.array(share))
    assert is_rotation(found)
    whole = np.linalg.norm(matrix_to_axis_angle(one.T @ other))
    done = np.linalg.norm(matrix_to_axis_angle(one.T @ found))
    # The angle between nearly equal matrices is known to the root of a rounding, no better.
    assert done == pytest.approx(share * whole, abs=1e-7)
    np.testing.assert_allclose(interpolated_rotations(one, other, np.array(1.0)), other, atol=1e-11)
