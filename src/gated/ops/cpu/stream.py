"""Computes single steps with the C++ recurrences for streams of values, without autograd.

A call copies the weights to the layout of the kernels. This takes a small part of the time of a
sequence but most of the time of a single step, so a `Stream` stores the copy.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gated.ops.cpu.backend import is_watched
from gated.ops.cpu.kernel_call import flat, kernels, kind_of
from gated.ops.recurrence import Recurrence, State, Weights

__all__ = ["Stream", "stream"]


class Stream:
    """A copy of a network's weights in the layout of the kernels. Threads may share it."""

    def __init__(self, kernel: Any, output_size: int) -> None:
        self._kernel = kernel  # _cpu.Stream32 or _cpu.Stream64
        self._output_size = output_size
        self._last: tuple[Any, Tensor] = (
            None,
            torch.empty(0),
        )  # the last shape of x and its output

    def is_current(self, parameters: dict[str, Any]) -> bool:
        """Return whether these are the copied parameters, with the same values.

        torch does not count every change of a tensor, so a checksum compares the values.
        """
        return bool(self._kernel.is_current(parameters))

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State] | None:
        """Compute one step of every layer; None where the kernels do not support the tensors.

        x is `[B, I]`, h `[L, B, P]` and the LSTM's c `[L, B, H]`, or all without B. Returns the
        output `[B, P]` of the last layer and the next state.
        """
        if is_watched():
            return None
        h, c = state if len(state) == 2 else (state[0], None)
        shape, like = self._last
        if shape != x.shape:  # empty_like takes half the time of new_empty
            like = h.new_empty((*x.shape[:-1], self._output_size))
        output, h_next = torch.empty_like(like), torch.empty_like(h)
        c_next = None if c is None else torch.empty_like(c)
        flags = self._kernel.step(x, h, c, output, h_next, c_next)
        if not flags:
            return None
        if flags & kernels().SCATTERED:
            return self.step(x.contiguous(), tuple(s.contiguous() for s in state))
        self._last = (x.shape, like)
        return output, ((h_next,) if c_next is None else (h_next, c_next))


def stream(
    recurrence: Recurrence,
    weights: Sequence[Weights],  # of every layer
    parameters: dict[str, Any],  # that hold the weights; `Stream.is_current` compares them
) -> Stream | None:
    """Make a stream of these weights; None where the kernels do not support them."""
    own = flat(weights)
    weight_hh = weights[0].weight_hh
    fits = kernels().look(weight_hh, own)
    if not fits or is_watched():
        return None
    dense = tuple(None if w is None else w.detach().contiguous() for w in own)
    kernel = kernels().stream(kind_of(recurrence), dense, parameters)
    return Stream(kernel, weight_hh.shape[1])
