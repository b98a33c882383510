"""Holds many sequences of unequal length in one array, and pads batches of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array, IntArray
from gated.numeric import namespace

__all__ = ["PaddedBatch", "Sequences"]


@dataclass(frozen=True)
class PaddedBatch:
    """Sequences of a batch, with zeros after the end of each: arrays of NumPy or tensors.

    Attributes:
        values: [B, T, I] float32.
        lengths: [B] int64.
    """

    values: Array
    lengths: Array

    @property
    def mask(self) -> Array:
        """[B, T] bool, True at the steps of each sequence."""
        return namespace(self.lengths).arange(self.values.shape[1]) < self.lengths[:, None]


@dataclass(frozen=True)
class Sequences:
    """Sequences end to end.

    Attributes:
        values: [N, I] float32, all steps.
        offsets: [n + 1] int64: sequence i has the steps from offsets[i] to offsets[i + 1].
    """

    values: NDArray[np.float32]
    offsets: IntArray

    @classmethod
    def of(cls, parts: Sequence[NDArray[np.floating]]) -> "Sequences":
        """Join arrays [T, I]."""
        lengths = [len(part) for part in parts]
        values = np.concatenate(parts).astype(np.float32, copy=False)
        return cls(values, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> NDArray[np.float32]:
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    @property
    def lengths(self) -> IntArray:
        """[n] steps of each sequence."""
        return np.diff(self.offsets)

    def padded(self, indices: Iterable[int]) -> PaddedBatch:
        """Return some sequences as a batch of arrays of NumPy, in the given order."""
        chosen = np.fromiter(indices, dtype=np.int64)
        lengths = self.lengths[chosen]
        steps = np.arange(lengths.max(initial=0))
        inside = steps < lengths[:, None]
        rows = np.where(inside, self.offsets[chosen][:, None] + steps, 0)
        values = self.values[rows]
        values[~inside] = 0
        return PaddedBatch(values, lengths)

    def batches(self, most_steps: int = 16_384) -> Iterator[IntArray]:
        """Yield all indices in groups of similar lengths, each of about so many padded steps."""
        order = np.argsort(self.lengths, kind="stable")
        begin = 0
        for end in range(1, len(order) + 1):
            is_full = end < len(order) and (
                (end - begin + 1) * self.lengths[order[end]] > most_steps
            )
            if is_full or end == len(order):
                yield order[begin:end]
                begin = end
