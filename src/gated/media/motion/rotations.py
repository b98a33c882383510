"""Converts rotations: Euler angles, matrices, the 6-D form and axis-angle vectors.

Rotations act on column vectors, angles are in radians, and all arrays are float64 with any number
of leading dimensions. Euler angles are intrinsic, as in BVH: the order "ZXY" is
R = R_z(a) R_x(b) R_y(c), so that the last rotation is applied to a vector first.
"""

from typing import Final

import numpy as np

from gated.arrays import FloatArray
from gated.errors import UsageError

__all__ = [
    "axis_angle_to_matrix",
    "euler_to_matrix",
    "interpolated_rotations",
    "matrix_to_axis_angle",
    "matrix_to_euler",
    "matrix_to_six",
    "six_to_matrix",
]

_AXES = "XYZ"
_LOCKED = 1e-12
"""Cosine of the second angle below which the first and the third have the same axis."""
_TINY: Final = 1e-12
"""Shortest length of a column of the 6-D form that has a direction."""


def euler_to_matrix(angles: FloatArray, order: str) -> FloatArray:
    """Convert Euler angles [..., n] in radians to rotation matrices [..., 3, 3].

    Args:
        angles: one angle for each letter of `order`.
        order: up to three different letters of "XYZ", the first rotation first; fewer for joints
            with fewer axes, and "" for the identity.

    Raises:
        UsageError: the order is none of these, or has another length than the angles.

    Example:
        >>> euler_to_matrix(np.array([np.pi / 2, 0, 0]), "ZXY").round(3) + 0
        array([[ 0., -1.,  0.],
               [ 1.,  0.,  0.],
               [ 0.,  0.,  1.]])
    """
    _check_order(order)
    if angles.shape[-1:] != (len(order),):
        raise UsageError(
            f"Angles of the shape {list(angles.shape)} are given for the order {order}. Expected "
            f"[..., {len(order)}]: one angle for each letter. Pass as many of each."
        )
    matrices = np.broadcast_to(np.eye(3), (*angles.shape[:-1], 3, 3))
    for index, axis in enumerate(order):
        matrices = matrices @ _about(_AXES.index(axis), angles[..., index])
    return np.array(matrices)


def matrix_to_euler(matrices: FloatArray, order: str) -> FloatArray:
    """Convert rotation matrices [..., 3, 3] to Euler angles [..., n] in radians.

    With three letters, the second angle is from −π/2 to π/2. At gimbal lock, where it is one of
    these ends, only the sum or the difference of the others is determined: the third one is 0. With
    fewer letters, the rotation about the missing axes is left out.

    Args:
        matrices: rotations.
        order: up to three different letters of "XYZ", as in `euler_to_matrix`.

    Raises:
        UsageError: the order is none of these.

    Example:
        >>> angles = np.array([0.3, -0.2, 2.0])
        >>> matrix_to_euler(euler_to_matrix(angles, "YXZ"), "YXZ").round(6)
        array([ 0.3, -0.2,  2. ])
    """
    _check_order(order)
    whole = order + "".join(axis for axis in _AXES if axis not in order)
    i, j, k = map(_AXES.index, whole)
    sign = 1.0 if whole in ("XYZ", "YZX", "ZXY") else -1.0
    angles = np.zeros((*matrices.shape[:-2], 3))
    if len(order) == 1:  # the rotation about this axis that is nearest to the matrix
        across = matrices[..., k, j] - matrices[..., j, k]
        angles[..., 0] = np.arctan2(sign * across, matrices[..., j, j] + matrices[..., k, k])
        return angles[..., :1]
    cosine = matrices[..., i, i]
    if len(order) == 3:
        cosine = np.hypot(cosine, matrices[..., i, j])
        third = np.arctan2(-sign * matrices[..., i, j], matrices[..., i, i])
        angles[..., 2] = np.where(cosine < _LOCKED, 0.0, third)
    angles[..., 1] = np.arctan2(sign * matrices[..., i, k], cosine)
    # The first angle is that of what remains without the third rotation. Near gimbal lock this is
    # exact for any third angle, and the two formulas from the matrix alone would not agree.
    rest = matrices @ np.swapaxes(_about(k, angles[..., 2]), -1, -2)
    angles[..., 0] = np.arctan2(sign * rest[..., k, j], rest[..., j, j])
    return angles[..., : len(order)]


def matrix_to_six(matrices: FloatArray) -> FloatArray:
    """Convert rotation matrices [..., 3, 3] to the 6-D form [..., 6]: the first two columns.

    It is continuous, which no form with three or four numbers is (Zhou et al. 2019,
    arXiv 1812.07035), so that networks learn it more easily.

    Example:
        >>> matrix_to_six(np.eye(3))
        array([1., 0., 0., 0., 1., 0.])
    """
    return np.concatenate([matrices[..., 0], matrices[..., 1]], axis=-1)


def six_to_matrix(six: FloatArray) -> FloatArray:
    """Convert any six numbers [..., 6] to a rotation matrix [..., 3, 3], by Gram-Schmidt.

    The first column is x̂ = a / |a|, the second is that of b − (x̂·b) x̂, the third is their cross
    product. Where a is 0, or b parallel to it, the direction that is missing is chosen.

    Example:
        >>> six_to_matrix(np.array([2.0, 0, 0, 5, 3, 0]))
        array([[1., 0., 0.],
               [0., 1., 0.],
               [0., 0., 1.]])
    """
    first = _unit(six[..., :3], np.broadcast_to([1.0, 0.0, 0.0], (*six.shape[:-1], 3)))
    # Any vector that is not parallel to the first: the axis of its smallest component.
    other = np.eye(3)[np.abs(first).argmin(axis=-1)]
    other = _unit(_perpendicular(other, first), other)
    second = _unit(six[..., 3:], other)
    second = _unit(_perpendicular(second, first), other)
    second = _unit(_perpendicular(second, first), other)  # once more: rounding, if nearly parallel
    return np.stack([first, second, np.cross(first, second)], axis=-1)


def axis_angle_to_matrix(vectors: FloatArray) -> FloatArray:
    """Convert axis-angle vectors [..., 3], whose length is the angle, to matrices [..., 3, 3].

    Rodrigues: R = I + sin θ K + (1 − cos θ) K², with K the cross product with the axis.

    Example:
        >>> axis_angle_to_matrix(np.array([0, 0, np.pi / 2])).round(3) + 0
        array([[ 0., -1.,  0.],
               [ 1.,  0.,  0.],
               [ 0.,  0.,  1.]])
    """
    angle = np.linalg.norm(vectors, axis=-1)[..., None, None]
    x, y, z = np.moveaxis(vectors, -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1)
    cross = cross.reshape(*vectors.shape[:-1], 3, 3)
    sine = np.sinc(angle / np.pi)  # sin θ / θ, 1 at 0
    half = np.sinc(angle / (2 * np.pi))
    result: FloatArray = np.eye(3) + sine * cross + 0.5 * half**2 * (cross @ cross)
    return result


def matrix_to_axis_angle(matrices: FloatArray) -> FloatArray:
    """Convert rotation matrices [..., 3, 3] to axis-angle vectors [..., 3] of length 0 to π.

    Example:
        >>> matrix_to_axis_angle(axis_angle_to_matrix(np.array([0.1, -2.0, 0.5]))).round(6)
        array([ 0.1, -2. ,  0.5])
    """
    real, imaginary = _quaternions(matrices)
    length = np.linalg.norm(imaginary, axis=-1)
    angle = 2 * np.arctan2(length, real)
    # sin(θ/2) is the length: θ / length is 2 at 0.
    scale = np.where(length < _TINY, 2.0, angle / np.where(length < _TINY, 1.0, length))
    return imaginary * scale[..., None]


def interpolated_rotations(begin: FloatArray, end: FloatArray, share: FloatArray) -> FloatArray:
    """Interpolate on the shortest way at constant speed (slerp; Shoemake 1985).

    Args:
        begin, end: rotation matrices [..., 3, 3].
        share: [...] from 0, which gives `begin`, to 1.

    Example:
        >>> half = interpolated_rotations(
        ...     np.eye(3), axis_angle_to_matrix(np.array([1.0, 0, 0])), np.array(0.5))
        >>> matrix_to_axis_angle(half).round(6)
        array([0.5, 0. , 0. ])
    """
    turn = matrix_to_axis_angle(np.swapaxes(begin, -1, -2) @ end)
    result: FloatArray = begin @ axis_angle_to_matrix(share[..., None] * turn)
    return result


def _check_order(order: str) -> None:
    if len(set(order)) != len(order) or not set(order) <= set(_AXES):
        raise UsageError(
            f"The order of rotations {order!r} is given. Expected different letters of XYZ, such "
            "as ZXY. Use each axis once."
        )


def _about(axis: int, angles: FloatArray) -> FloatArray:
    """[..., 3, 3] the rotations about one axis."""
    after, last = (axis + 1) % 3, (axis + 2) % 3
    matrices = np.zeros((*angles.shape, 3, 3))
    cosine, sine = np.cos(angles), np.sin(angles)
    matrices[..., axis, axis] = 1
    matrices[..., after, after] = matrices[..., last, last] = cosine
    matrices[..., last, after] = sine
    matrices[..., after, last] = -sine
    return matrices


def _unit(vectors: FloatArray, otherwise: FloatArray) -> FloatArray:
    """The vectors [..., 3] at length 1; `otherwise` where they have no direction."""
    largest = np.abs(vectors).max(axis=-1, keepdims=True)  # first, so that no square overflows
    scaled = vectors / np.where(largest < _TINY, 1.0, largest)
    length = np.linalg.norm(scaled, axis=-1, keepdims=True)
    unit: FloatArray = np.where(
        largest < _TINY, otherwise, scaled / np.where(largest < _TINY, 1.0, length)
    )
    return unit


def _perpendicular(vectors: FloatArray, unit: FloatArray) -> FloatArray:
    """The part of the vectors [..., 3] that is perpendicular to unit vectors."""
    part: FloatArray = vectors - (vectors * unit).sum(axis=-1, keepdims=True) * unit
    return part


def _quaternions(matrices: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Real part [...] ≥ 0 and imaginary part [..., 3] of the unit quaternions of rotations.

    Each row below is the quaternion times four of its components; the row of the largest component
    loses no digits (Shepperd 1978).
    """
    (a, b, c), (d, e, f), (g, h, i) = np.moveaxis(matrices, (-2, -1), (0, 1))
    rows = np.stack(
        [
            np.stack([1 + a + e + i, h - f, c - g, d - b], axis=-1),
            np.stack([h - f, 1 + a - e - i, d + b, c + g], axis=-1),
            np.stack([c - g, d + b, 1 - a + e - i, h + f], axis=-1),
            np.stack([d - b, c + g, h + f, 1 - a - e + i], axis=-1),
        ],
        axis=-2,
    )
    largest = np.diagonal(rows, axis1=-2, axis2=-1).argmax(axis=-1)
    row = np.take_along_axis(rows, largest[..., None, None], axis=-2)[..., 0, :]
    row = row / np.linalg.norm(row, axis=-1, keepdims=True)
    row = np.where(row[..., :1] < 0, -row, row)
    return row[..., 0], row[..., 1:]
