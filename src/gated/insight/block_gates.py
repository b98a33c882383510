"""Records the gates of recurrent blocks while a network reads a sequence.

The recurrence itself gives them (`gated.nn.GRU.gates`); names and convention are those of
docs/reference/equations.md:

    h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t

So z_t is the share of the old state that a step keeps, and 1 − z_t the share that it overwrites.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from gated.arrays import FloatArray
from gated.insight.gates import UnitMemory, summed
from gated.nn.blocks import RecurrentBlock

__all__ = ["BlockGates", "recorded_gates"]


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

    @cached_property
    def memory(self) -> UnitMemory:
        """What each unit keeps over these steps: half-lives, saturated gates, dead units."""
        gates = {"z": self.update, "r": self.reset, "h": self.state}
        return summed("gru", {name: values.astype(np.float64) for name, values in gates.items()})

    @classmethod
    def joined(cls, parts: "Sequence[BlockGates]") -> "BlockGates":
        """The gates of sequences one after another."""
        arrays = ((each.update, each.reset, each.state) for each in parts)
        return cls(*(np.concatenate(each) for each in zip(*arrays, strict=True)))

    def after(self, begin: int) -> "BlockGates":
        """The gates from a step on."""
        return BlockGates(self.update[begin:], self.reset[begin:], self.state[begin:])


@contextmanager
def recorded_gates(blocks: Iterable[nn.Module]) -> Iterator[list[BlockGates]]:
    """Record the gates of blocks that are called inside with one sequence, in that order.

    Args:
        blocks: of the kind `RecurrentBlock`, in evaluation mode.

    Example:
        >>> import torch
        >>> block = RecurrentBlock(8).eval()
        >>> with torch.no_grad(), recorded_gates([block]) as found:
        ...     _ = block(torch.zeros(1, 5, 8))
        >>> found[0].update.shape, found[0].memory.half_life.shape
        ((5, 8), (8,))
    """
    found: list[BlockGates] = []

    def record(module: nn.Module, given: tuple[Tensor, ...]) -> None:
        gates = cast("RecurrentBlock", module).gates(*given)
        found.append(BlockGates(*(gates[name][0].cpu().numpy() for name in ("z", "r", "h"))))

    handles = [block.register_forward_pre_hook(record) for block in blocks]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()
