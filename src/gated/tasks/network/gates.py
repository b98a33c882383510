"""Computes the gates of every block of a network over a sequence.

The recurrence itself gives them (`gated.nn.GRU.gates`); names and convention are those of
docs/reference/equations.md:

    h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t

So z_t is the share of the old state that a step keeps, and 1 − z_t the share that it overwrites.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gated.arrays import FloatArray
from gated.errors import DataError, UsageError
from gated.nn.blocks import RecurrentBlock
from gated.tasks.network.sequence_model import SequenceModel

__all__ = ["MOST_STEPS", "BlockGates", "sequence_gates"]

MOST_STEPS = 100_000
"""Steps of a sequence at most: the gates of all steps and units are kept in memory."""


@dataclass(frozen=True)
class BlockGates:
    """The gates of one recurrent block over T steps and H units.

    Attributes:
        update: [T, H] float32, z: near 1 a unit keeps its state, near 0 it overwrites it.
        reset: [T, H] float32, r: near 0 the new content does not depend on the old state.
        state: [T, H] float32, h after each step.
    """

    update: NDArray[np.float32]
    reset: NDArray[np.float32]
    state: NDArray[np.float32]

    @property
    def kept(self) -> FloatArray:
        """[T] the share of the old state that each step keeps: the mean of z over the units."""
        return np.asarray(self.update.mean(1, dtype=np.float64))

    @classmethod
    def joined(cls, parts: "Sequence[BlockGates]") -> "BlockGates":
        """The gates of sequences one after another."""
        arrays = ((each.update, each.reset, each.state) for each in parts)
        return cls(*(np.concatenate(each) for each in zip(*arrays, strict=True)))

    def after(self, begin: int) -> "BlockGates":
        """The gates from a step on."""
        return BlockGates(self.update[begin:], self.reset[begin:], self.state[begin:])


def sequence_gates(model: SequenceModel, steps: NDArray[np.float32]) -> list[BlockGates]:
    """The gates of each block, the first block first, over one sequence from its beginning.

    Args:
        model: in evaluation mode.
        steps: [T, I] float32, as the model reads them.

    Raises:
        DataError: the sequence has no step.
        UsageError: it has more than `MOST_STEPS`.

    Example:
        >>> from gated.tasks.network.sequence_model import SequenceConfig
        >>> model = SequenceModel(SequenceConfig(3, 8, 2)).eval()
        >>> first, second = sequence_gates(model, np.zeros((5, 3), np.float32))
        >>> first.update.shape, first.kept.shape
        ((5, 8), (5,))
    """
    if len(steps) == 0:
        raise DataError("The sequence has no step. Expected at least one, to have gates.")
    if len(steps) > MOST_STEPS:
        raise UsageError(
            f"The sequence has {len(steps):,} steps. Expected at most {MOST_STEPS:,}, because the "
            "gates of all steps are kept in memory. Pass a part of it."
        )
    found: list[BlockGates] = []

    def trace(module: nn.Module, given: tuple[Tensor, Tensor]) -> None:
        gates = cast("RecurrentBlock", module).gates(*given)
        found.append(BlockGates(*(gates[name][0].numpy() for name in ("z", "r", "h"))))

    handles = [block.register_forward_pre_hook(trace) for block in model.blocks]
    try:
        with torch.no_grad():
            model(torch.from_numpy(np.ascontiguousarray(steps))[None])
    finally:
        for handle in handles:
            handle.remove()
    return found
