"""Converts the tensors that a network keeps of a stream to a `State`, and back."""

import numpy as np
import torch
from numpy.typing import NDArray

from gated.tasks.network.sequence_model import ModelState
from gated.tasks.network.state import PENDING, State

__all__ = ["restored", "stored"]


def stored(tensors: ModelState, pending: NDArray[np.float32]) -> State:
    """The state of a stream: the tensors of the network, and the samples that wait for a frame."""
    arrays: dict[str, NDArray[np.generic]] = {
        name: value.numpy() for name, value in tensors.items()
    }
    return State({**arrays, PENDING: pending})


def restored(state: State) -> tuple[ModelState, NDArray[np.float32]]:
    """Undo `stored`; the arrays are copied."""
    tensors = {
        name: torch.from_numpy(np.array(value))
        for name, value in state.arrays.items()
        if name != PENDING
    }
    return tensors, np.array(state.arrays[PENDING], dtype=np.float32)
