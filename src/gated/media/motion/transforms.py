"""Computes the rotation and the place of each joint from the numbers of a motion, and back."""

import numpy as np

from gated.arrays import FloatArray
from gated.media.motion.rotations import euler_to_matrix, matrix_to_euler
from gated.media.motion.skeleton import Motion, Skeleton

__all__ = ["local_rotations", "local_translations", "to_values"]


def local_rotations(motion: Motion) -> FloatArray:
    """[T, J, 3, 3] the rotation of each joint relative to its parent."""
    skeleton = motion.skeleton
    rotations = np.empty((len(motion.values), len(skeleton.names), 3, 3))
    for joint in range(len(skeleton.names)):
        order, columns = _rotation_columns(skeleton, joint)
        rotations[:, joint] = euler_to_matrix(np.deg2rad(motion.values[:, columns]), order)
    return rotations


def local_translations(motion: Motion) -> FloatArray:
    """[T, J, 3] the place of each joint relative to its parent, in the axes of the parent.

    It is the offset of the skeleton, along each axis that has no position channel. Where there is
    one, the channel replaces the offset: the files of most programs repeat the offset in it.
    """
    skeleton = motion.skeleton
    translations = np.tile(skeleton.offsets, (len(motion.values), 1, 1))
    for joint in range(len(skeleton.names)):
        for axis, column in _position_columns(skeleton, joint):
            translations[:, joint, axis] = motion.values[:, column]
    return translations


def to_values(skeleton: Skeleton, rotations: FloatArray, translations: FloatArray) -> FloatArray:
    """[T, C] the numbers of a file from `local_rotations` and `local_translations`, in degrees."""
    values = np.zeros((len(rotations), skeleton.width))
    for joint in range(len(skeleton.names)):
        order, columns = _rotation_columns(skeleton, joint)
        values[:, columns] = np.rad2deg(matrix_to_euler(rotations[:, joint], order))
        for axis, column in _position_columns(skeleton, joint):
            values[:, column] = translations[:, joint, axis]
    return values


def _rotation_columns(skeleton: Skeleton, joint: int) -> tuple[str, list[int]]:
    """The order of the rotations of a joint, and their columns in a frame."""
    first = skeleton.columns[joint]
    found = [
        (name[0], first + index)
        for index, name in enumerate(skeleton.channels[joint])
        if name.endswith("rotation")
    ]
    return "".join(axis for axis, _ in found), [column for _, column in found]


def _position_columns(skeleton: Skeleton, joint: int) -> list[tuple[int, int]]:
    """The axes of the position channels of a joint, and their columns in a frame."""
    first = skeleton.columns[joint]
    return [
        ("XYZ".index(name[0]), first + index)
        for index, name in enumerate(skeleton.channels[joint])
        if name.endswith("position")
    ]
