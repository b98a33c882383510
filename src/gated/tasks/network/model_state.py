"""Converts and copies what a network keeps of a stream."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["StateArrays", "arrays_of", "copied"]

StateArrays: TypeAlias = dict[str, NDArray[np.float32]]
"""The arrays of a `ModelState` of one sequence."""


def arrays_of(tensors: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The arrays of tensors of torch, which share their memory."""
    return {name: value.numpy() for name, value in tensors.items()}


def copied(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Copies of the arrays of a state, which may be read-only or change later."""
    return {name: np.array(value) for name, value in arrays.items()}
