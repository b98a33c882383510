"""Converts a caller's tensors to the internal layout `[T, B, ·]` and back.

A layer accepts the four layouts of torch.nn; internally there are two:

| given | internal |
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
    """The layout of one input, which also applies to its resets, states and outputs."""

    batch_first: bool
    batched: bool
    packed: PackedSequence | None = None
    batch_sizes: Tensor | None = None  # [T] sequences at each step of a packed input

    @classmethod
    def of(cls, input: Sequences, batch_first: bool) -> "InputLayout":
        """Return the layout of `input`, a sequence of features."""
        if isinstance(input, PackedSequence):
            return cls(batch_first, True, input, input.batch_sizes)
        return cls(batch_first, input.dim() == 3)

    def batch(self, rows: Tensor) -> int:
        """Return B of rows `[T, B, ·]` or packed rows `[N, ·]`."""
        if self.packed is None:
            return rows.shape[1]
        batch = self.packed.batch_sizes[0]  # as a number, a traced program would not vary it
        if not torch.compiler.is_compiling() and torch._C._is_tracing():
            return batch  # type: ignore[return-value]
        return int(batch)

    def rows(self, sequences: Sequences) -> Tensor:
        """Convert a sequence, or a mask of one, to the internal layout."""
        if isinstance(sequences, PackedSequence):
            return sequences.data
        if not self.batched:
            return sequences.unsqueeze(1)
        return sequences.transpose(0, 1) if self.batch_first else _time_first(sequences)

    def restored(self, rows: Tensor) -> Sequences:
        """Convert rows of the internal layout to the layout of the caller's input."""
        if self.packed is not None:
            return PackedSequence(rows, *self.packed[1:])
        if not self.batched:
            return rows.squeeze(1)
        return rows.transpose(0, 1) if self.batch_first else rows

    def state(self, state: Tensor) -> Tensor:
        """Add the batch axis to a state `[L·D, ·]`; return `[L·D, B, ·]` unchanged."""
        return state if self.batched else state.unsqueeze(1)

    def sorted(self, state: Tensor) -> Tensor:
        """Sort the sequences of a state `[L·D, B, ·]` in the internal order."""
        order = None if self.packed is None else self.packed.sorted_indices
        return state if order is None else state.index_select(1, order)

    def restored_state(self, state: Tensor) -> Tensor:
        """Convert an internal state to the caller's order and shape."""
        order = None if self.packed is None else self.packed.unsorted_indices
        state = state if order is None else state.index_select(1, order)
        return state if self.batched else state.squeeze(1)

    def resets(self, resets: Sequences, x: Tensor) -> Tensor:
        """Check resets and convert them to the internal layout: bool `[T, B]`, or `[N]` packed.

        Raises:
            UsageError: they do not have the layout of the input, or are not bool.
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


def _time_first(sequences: Tensor) -> Tensor:
    """Copy sequences that lie batch-first in memory, since the output lies as the input does."""
    by_step, by_sequence, *_ = sequences.stride()
    return sequences.contiguous() if by_step < by_sequence else sequences


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
