"""Defines the steps that a network reads and predicts, and batches of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array, BoolArray

__all__ = ["StepBatch", "Steps", "stack"]


@dataclass(frozen=True)
class Steps:
    """Consecutive steps of a piece.

    Attributes:
        inputs: [T, I] of each step, from the symbols before it only: float32, or int64 of a lookup.
        targets: the symbol of each step: [T] int64, or [T, D] float32.
        allowed: [T, K] which symbols can stand at a step; None where all can.
        scored: [T] whether the step counts in a score.
        units: [T] the units of the score that end at the step, such as a frame of music.
    """

    inputs: NDArray[Any]
    targets: NDArray[Any]
    allowed: BoolArray | None
    scored: BoolArray
    units: BoolArray

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True)
class StepBatch:
    """Steps of several pieces, with zeros after the end of each: arrays of NumPy or tensors.

    Attributes:
        inputs: [B, T, I] float32 or int64.
        targets: [B, T] int64 or [B, T, D] float32.
        allowed: [B, T, K] bool, all true after the end; or None.
        mask: [B, T] bool, true at the steps of each piece.
    """

    inputs: Array
    targets: Array
    allowed: Array | None
    mask: Array


def stack(parts: Sequence[Steps]) -> StepBatch:
    """Pad the steps of several pieces to the longest of them; arrays of NumPy."""
    longest = max(map(len, parts))
    mask = np.zeros((len(parts), longest), dtype=bool)
    like, first = parts[0].inputs, parts[0].targets
    inputs = np.zeros((len(parts), longest, like.shape[1]), dtype=like.dtype)
    targets = np.zeros((len(parts), longest, *first.shape[1:]), dtype=first.dtype)
    allowed = None
    if parts[0].allowed is not None:
        allowed = np.ones((len(parts), longest, parts[0].allowed.shape[1]), dtype=bool)
    for row, part in enumerate(parts):
        mask[row, : len(part)] = True
        inputs[row, : len(part)] = part.inputs
        targets[row, : len(part)] = part.targets
        if allowed is not None:
            allowed[row, : len(part)] = part.allowed
    return StepBatch(inputs, targets, allowed, mask)
