"""How a caller's tensors lie, and the way from there to `[T, B, ·]` and back.

A layer takes a sequence in four layouts, the four of torch.nn; inside there are two:

| given | inside |
| --- | --- |
| `[T, B, ·]`, or `[B, T, ·]` with `batch_first` | `[T, B, ·]` |
| unbatched `[T, ·]` | `[T, 1, ·]` |
| PackedSequence | its rows `[N, ·]`, longest sequence first |
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from gated.errors import UsageError

__all__ = ["InputLayout", "Sequences"]

Sequences = Tensor | PackedSequence


class InputLayout(NamedTuple):
    """The layout of one input, for everything that lies beside it."""

    batch_first: bool
    batched: bool
    packed: PackedSequence | None = None
    batch_sizes: Tensor | None = None  # [T] sequences still running at each step, of a packed input

    @classmethod
    def of(cls, input: Sequences, batch_first: bool) -> "InputLayout":
        """That of `input`, a sequence of features."""
        if isinstance(input, PackedSequence):
            return cls(batch_first, True, input, input.batch_sizes)
        return cls(batch_first, input.dim() == 3)

    def batch(self, rows: Tensor) -> int:
        """B of rows `[T, B, ·]` or packed `[N, ·]`."""
        return rows.shape[1] if self.packed is None else int(self.packed.batch_sizes[0])

    def rows(self, sequences: Sequences) -> Tensor:
        """A sequence, or a mask beside one, as it lies inside."""
        if isinstance(sequences, PackedSequence):
            return sequences.data
        if not self.batched:
            return sequences.unsqueeze(1)
        return sequences.transpose(0, 1) if self.batch_first else sequences

    def restored(self, rows: Tensor) -> Sequences:
        """What lies inside, as the caller's input lies."""
        if self.packed is not None:
            return PackedSequence(rows, *self.packed[1:])
        if not self.batched:
            return rows.squeeze(1)
        return rows.transpose(0, 1) if self.batch_first else rows

    def state(self, state: Tensor) -> Tensor:
        """A state `[L·D, ·]` or `[L·D, B, ·]` with its batch axis."""
        return state if self.batched else state.unsqueeze(1)

    def sorted(self, state: Tensor) -> Tensor:
        """A state `[L·D, B, ·]` in the order in which the sequences lie inside."""
        order = None if self.packed is None else self.packed.sorted_indices
        return state if order is None else state.index_select(1, order)

    def restored_state(self, state: Tensor) -> Tensor:
        """A state from inside, in the caller's order and form."""
        order = None if self.packed is None else self.packed.unsorted_indices
        state = state if order is None else state.index_select(1, order)
        return state if self.batched else state.squeeze(1)

    def resets(self, resets: Sequences, x: Tensor) -> Tensor:
        """Resets as they lie inside, bool `[T, B]` or `[N]` beside the rows x.

        Raises:
            UsageError: they do not lie as the input does, or are not bool.
        """
        packed = self.packed
        if isinstance(resets, PackedSequence) != isinstance(packed, PackedSequence):
            raise UsageError(
                "One of input and resets is a PackedSequence. Expected both or neither: pack the "
                "resets with the lengths of the input."
            )
        if isinstance(resets, PackedSequence) and isinstance(packed, PackedSequence):
            _check_packing(resets, packed)
        given = resets.data if isinstance(resets, PackedSequence) else resets
        if given.dtype != torch.bool:
            raise UsageError(f"resets have dtype {given.dtype}. Expected torch.bool.")
        like = self.restored(x)
        expected = (like.data if isinstance(like, PackedSequence) else like).shape[:-1]
        if given.shape != expected:
            raise UsageError(
                f"resets have shape {list(given.shape)}. Expected {list(expected)}, the shape of "
                "the input without its features."
            )
        return self.rows(resets)


def _check_packing(resets: PackedSequence, input: PackedSequence) -> None:
    orders = (resets.sorted_indices, input.sorted_indices)
    same_order = orders[0] is orders[1]
    if orders[0] is not None and orders[1] is not None:
        same_order = torch.equal(orders[0], orders[1])
    if not same_order or not torch.equal(resets.batch_sizes, input.batch_sizes):
        raise UsageError(
            "resets are packed with other lengths than the input, or in another order. Expected "
            "the same lengths and the same enforce_sorted."
        )
