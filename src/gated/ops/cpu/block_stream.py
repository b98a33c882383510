"""Computes a few steps of a stack of residual blocks in C++, for streams, without autograd.

A step of a small block as torch's modules is some fifteen calls of several microseconds each. One
call of `BlockStream` computes all steps of all blocks (cpp/gated/residual.hpp), from and to arrays
of NumPy.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from gated.ops.cpu import extension
from gated.ops.cpu.kernel_call import kernels, kind_of
from gated.ops.recurrence import Recurrence

__all__ = ["BlockStream", "block_stream"]

Array = NDArray[np.float32]


class BlockStream:
    """A copy of the weights of a stack in the layout of the kernels. Threads may share it.

    Args:
        recurrence: of all blocks; no LSTM.
        blocks: the weights of each block: weight and bias of the norm before the recurrence, the
            four of the recurrence, weight and bias of the norm before the feed-forward layers, of
            the first layer, and of the last one.
        norm: weight and bias of the norm after the last block.
        epsilon: of every norm.

    Raises:
        UsageError: the C++ recurrences are not available.
    """

    def __init__(
        self,
        recurrence: Recurrence,
        blocks: Sequence[Sequence[Tensor]],
        norm: Sequence[Tensor],
        epsilon: float,
    ) -> None:
        arrays = [[_array(tensor) for tensor in block] for block in blocks]
        last = [_array(tensor) for tensor in norm]
        self._kernel = kernels().BlockStream(kind_of(recurrence), arrays, last, epsilon)

    def __call__(self, x: Array, h: Array) -> tuple[Array, Array]:
        """Compute steps of one sequence.

        Args:
            x: [T, H] the features before the first block, contiguous.
            h: [L, H] the state of each block, contiguous.

        Returns:
            The features [T, H] after the last norm, and the next state [L, H].
        """
        y, h_next = np.empty_like(x), np.empty_like(h)
        self._kernel.steps(x, h, y, h_next)
        return y, h_next


def block_stream(
    recurrence: Recurrence,
    blocks: Sequence[Sequence[Tensor]],
    norm: Sequence[Tensor],
    epsilon: float,
) -> BlockStream | None:
    """Make a `BlockStream`; None where the kernels are absent or do not support the recurrence."""
    if not extension.available() or recurrence.layer_norm or recurrence.kind == "lstm":
        return None
    return BlockStream(recurrence, blocks, norm, epsilon)


def _array(tensor: Tensor) -> Array:
    array: Array = tensor.detach().cpu().float().contiguous().numpy()
    return array
