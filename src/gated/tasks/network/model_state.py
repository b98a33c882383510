"""Converts the tensors that a network keeps of a stream to arrays of NumPy, and back."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from gated.tasks.network.sequence_model import ModelState

__all__ = ["StateArrays", "arrays_of", "copied", "tensors_of"]

StateArrays: TypeAlias = dict[str, NDArray[np.float32]]
"""The tensors of a `ModelState` as arrays."""


def arrays_of(tensors: ModelState) -> StateArrays:
    """The arrays of tensors, which share their memory."""
    return {name: value.numpy() for name, value in tensors.items()}


def tensors_of(arrays: StateArrays) -> ModelState:
    """Undo `arrays_of`."""
    return {name: torch.from_numpy(value) for name, value in arrays.items()}


def copied(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Copies of the arrays of a state, which may be read-only or change later."""
    return {name: np.array(value) for name, value in arrays.items()}
