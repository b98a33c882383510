"""Records the gates of recurrent blocks while a network reads a sequence.

The recurrence itself gives them (`gated.nn.GRU.gates`); names and convention are those of
docs/reference/equations.md:

    h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t

So z_t is the share of the old state that a step keeps, and 1 − z_t the share that it overwrites.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import cast

from torch import Tensor, nn

from gated.insight.memory import BlockGates
from gated.nn.blocks import RecurrentBlock

__all__ = ["recorded_gates"]


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
