"""Checks the values of a stored motion codec."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.errors import UsageError
from gated.media.motion import Ground, Skeleton, foot_points
from gated.media.motion.skeleton import CHANNELS

__all__ = ["checked_arrays", "checked_ground", "checked_skeleton"]


def checked_skeleton(stored: dict[str, Any]) -> Skeleton:
    """The skeleton of plain values.

    Raises:
        ValueError: they are none.
    """
    names, channels = stored["names"], stored["channels"]
    if not all(type(name) is str for name in names):
        raise ValueError("codec.names are no texts")
    try:
        skeleton = Skeleton(
            tuple(names),
            np.array(stored["parents"], dtype=np.int64),
            np.array(stored["offsets"], dtype=np.float64),
            tuple(tuple(each) for each in channels),
            np.array(stored["ends"], dtype=np.int64),
            np.array(stored["end_offsets"], dtype=np.float64).reshape(-1, 3),
        )
    except UsageError as error:
        raise ValueError(f"codec: {error}") from error
    if set(skeleton.channels[0]) != set(CHANNELS):
        raise ValueError("codec.channels has no six channels of the root")
    frame_time = stored["frame_time"]
    if type(frame_time) is not float or not 0 < frame_time < np.inf:
        raise ValueError("codec.frame_time is no positive number")
    return skeleton


def checked_ground(stored: Any, skeleton: Skeleton) -> Ground | None:
    """The ground, of its height and that of a contact; None stays None.

    Raises:
        ValueError: they are no two numbers, or the skeleton has no feet.
    """
    if stored is None:
        return None
    if [type(value) for value in stored] != [float, float] or not np.isfinite(stored).all():
        raise ValueError("codec.ground has no two numbers")
    if stored[1] <= 0:
        raise ValueError("codec.ground has no positive height of a contact")
    try:
        return Ground(foot_points(skeleton), *stored)
    except UsageError as error:
        raise ValueError(f"codec.ground: {error}") from error


def checked_arrays(
    stored: dict[str, Any], width: int, channels: int
) -> dict[str, NDArray[np.float32]]:
    """The arrays by name.

    Args:
        stored: values of a file.
        width: numbers W of a pose.
        channels: numbers of a frame.

    Raises:
        ValueError: one is missing, of another shape, or not finite.
    """
    size = len(stored["change"])
    shapes = {
        "rest": (channels,),
        "mean": (width,),
        "to_symbols": (width, size),
        "to_poses": (size, width),
        "change": (size,),
        "start": (size,),
    }
    found = {}
    for name, shape in shapes.items():
        array = np.asarray(stored[name])
        if array.shape != shape or array.dtype != np.float32 or not np.isfinite(array).all():
            raise ValueError(f"codec.{name} is no array {list(shape)} of finite numbers")
        found[name] = array
    if not size or not (found["change"] > 0).all():
        raise ValueError("codec.change has no positive numbers")
    return found
