"""Computes a few steps of a stack of residual blocks in C++, for streams.

A step of a small block is some fifteen calls of NumPy of several microseconds each. One call of
`BlockStream` computes all steps of all blocks (cpp/gated/residual.hpp).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gated.ops.cpu import extension

__all__ = ["BlockStream"]

Floats = NDArray[np.float32]


class BlockStream:
    """A copy of the weights of a stack in the layout of the kernels. Threads may share it.

    Args:
        kind: of the recurrence of all blocks, a name of the kernels' `KINDS` but "lstm".
        blocks: the weights of each block: weight and bias of the norm before the recurrence, the
            four of the recurrence, weight and bias of the norm before the feed-forward layers, of
            the first layer, and of the last one.
        norm: weight and bias of the norm after the last block.
        epsilon: of every norm.

    Raises:
        UsageError: the C++ recurrences are not available.
        ValueError: the sizes of the weights do not fit together, or the kind is "lstm".
    """

    def __init__(
        self,
        kind: str,
        blocks: Sequence[Sequence[Floats]],
        norm: Sequence[Floats],
        epsilon: float,
    ) -> None:
        kernels = extension.module()
        arrays = [[_contiguous(array) for array in block] for block in blocks]
        last = [_contiguous(array) for array in norm]
        self._kernel = kernels.BlockStream(kernels.KINDS[kind], arrays, last, epsilon)

    def __call__(self, x: Floats, h: Floats) -> tuple[Floats, Floats]:
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


def _contiguous(array: Floats) -> Floats:
    return np.ascontiguousarray(array, dtype=np.float32)
