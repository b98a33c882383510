"""Converts the tensors that a network keeps of a stream to a `State`, and back."""

import numpy as np
import torch
from numpy.typing import NDArray

from gated.tasks.network.sequence_model import ModelState
from gated.tasks.network.state import PENDING, State

__all__ = ["restored", "restored_tensors", "stored", "stored_tensors"]


def stored(tensors: ModelState, pending: NDArray[np.float32]) -> State:
    """The state of a stream: the tensors of the network, and the samples that wait for a frame."""
    return State({**stored_tensors(tensors).arrays, PENDING: pending})


def restored(state: State) -> tuple[ModelState, NDArray[np.float32]]:
    """Undo `stored`; the arrays are copied."""
    return restored_tensors(state), np.array(state.arrays[PENDING], dtype=np.float32)


def stored_tensors(tensors: ModelState) -> State:
    """The state of a stream that keeps tensors only."""
    return State({name: value.numpy() for name, value in tensors.items()})


def restored_tensors(state: State) -> ModelState:
    """Undo `stored_tensors`; the arrays are copied, and pending samples are left out."""
    return {
        name: torch.from_numpy(np.array(value))
        for name, value in state.arrays.items()
        if name != PENDING
    }
