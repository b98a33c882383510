"""Computes calls under torch.autocast on a CPU with the kernels, in the dtype of the weights.

The kernels in float32 are faster than torch's in bfloat16 or float16 and more accurate, so nothing
is computed in a lower precision. The results have the dtype that those of torch.nn have: that of
autocast for the RNN and an LSTM over a float32 tensor; for a GRU, a step of the LSTM, and an LSTM
over a packed sequence or an input of lower precision the wider one of it and of the state.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from gated.ops.recurrence import Extras, Recurrence, State, Weights

__all__ = ["Widened", "applies", "result_dtype"]


def applies(x: Tensor, weights: Sequence[Weights]) -> bool:
    """Return whether autocast is on for a call whose weights the kernels support."""
    weight = weights[0].weight_hh
    return (
        torch._C._is_any_autocast_enabled()
        and torch.is_autocast_enabled("cpu")
        and weight.dtype in (torch.float32, torch.float64)
        and weight.device.type == x.device.type == "cpu"
        and x.is_floating_point()
    )


class Widened(NamedTuple):
    """The arguments of a call in the dtype of its first weight."""

    weights: list[Weights]
    x: Tensor
    state: State
    extras: list[Extras] | None

    @classmethod
    def of(
        cls,
        weights: Sequence[Weights],
        x: Tensor,
        state: State,
        extras: Sequence[Extras] | None = None,
    ) -> "Widened":
        """Convert what has another dtype; resets stay bool."""
        dtype = weights[0].weight_hh.dtype

        def widened(tensor: Tensor | None) -> Tensor | None:
            return None if tensor is None else tensor.to(dtype)

        return cls(
            [Weights._make(map(widened, layer)) for layer in weights],
            x.to(dtype),
            tuple(s.to(dtype) for s in state),
            None
            if extras is None
            else [Extras(own.resets, *map(widened, own[1:])) for own in extras],
        )


def result_dtype(
    recurrence: Recurrence, weights: Sequence[Weights], x: Tensor, state: State, *, is_whole: bool
) -> torch.dtype:
    """Return the dtype of the results of a call under autocast.

    Args:
        is_whole: whether x has all steps of a batch, and is not packed or one step.
    """
    if weights[0].weight_hh.dtype == torch.float64:  # which autocast does not convert
        return torch.float64
    lower = torch.get_autocast_dtype("cpu")
    in_one_call = recurrence.kind == "lstm" and is_whole and x.dtype != lower  # of oneDNN
    if recurrence.kind == "rnn" or in_one_call:
        return lower
    return torch.promote_types(lower, state[-1].dtype)
