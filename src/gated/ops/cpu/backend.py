"""Implements the backend "cpu": the C++ recurrences of cpp/gated, with all extras.

A whole network of layers and directions is one call. This module selects what computes the call:

| call | computed by |
|---|---|
| float32 or float64 on a CPU, no gradient needed | the kernels, directly |
| the same, a gradient needed | the kernels, in an autograd Function |
| the same inside torch.compile, torch.export, a TorchDispatchMode | the kernels, as operators |
| vmap, grad, jvp and similar transforms; forward-mode derivatives | the reference |
| few steps with large weights | torch's kernels, see `_is_short` and `_is_for_torchs_cell` |
| autocast | the kernels in the dtype of the weights, converted before and after |
| other dtypes, devices or tensors; torch.jit.trace | torch's kernels or the reference |

So every call on this backend has a result. It does not support layer normalisation, and `supports`
returns False for it.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.nn.functional import dropout as drop_out

from gated.ops import reference_backend, torch_backend
from gated.ops.cpu import autocast, autograd, extension, kernel_call, operators
from gated.ops.cpu.kernel_call import Call, CallPlan, ExtraTensors, flat, kernels
from gated.ops.recurrence import NO_EXTRAS, Extras, Recurrence, State, Weights
from gated.ops.reference.extras import zoned
from gated.ops.stack import compose

__all__ = ["is_watched", "sequence", "stack", "step", "supports", "trace"]


def supports(recurrence: Recurrence, extras: Extras = NO_EXTRAS) -> bool:
    """Return True without layer normalisation, if the C++ recurrences are available."""
    return not recurrence.layer_norm and extension.available()


def step(recurrence: Recurrence, weights: Weights, x: Tensor, state: State) -> State:
    """Compute one time step: the next state from x `[B, I]`."""
    call = Call(CallPlan.of(recurrence, 1), x, None, *_pair(state), None, flat((weights,)))
    flags = _flags_of(call) if weights.weight_hh.shape[0] else 0  # the kernels need a hidden unit
    if flags == _AS_OPERATOR or (flags and not _is_for_torchs_cell(recurrence, weights, flags)):
        return _compute(call, flags)[1]
    if flags:
        return torch_backend.step(recurrence, weights, x, state)
    if autocast.applies(x, (weights,)):
        dtype = autocast.result_dtype(recurrence, (weights,), x, state, is_whole=False)
        wide = autocast.Widened.of((weights,), x, state)
        with torch.autocast("cpu", enabled=False):
            after = step(recurrence, wide.weights[0], wide.x, wide.state)
        return tuple(s.to(dtype) for s in after)
    if torch_backend.supports(recurrence) and not _is_transformed():
        return torch_backend.step(recurrence, weights, x, state)
    return reference_backend.step(recurrence, weights, x, state)


def sequence(
    recurrence: Recurrence, weights: Weights, x: Tensor, state: State, extras: Extras = NO_EXTRAS
) -> tuple[Tensor, State]:
    """Compute all steps of one layer in one direction: output and last state from `[T, B, I]`."""
    output, final = stack(
        recurrence,
        (weights,),
        x,
        None,
        tuple(s[None] for s in state),
        dropout=0.0,
        training=False,
        bidirectional=False,
        extras=None if extras.is_empty else (extras,),
    )
    return output, tuple(s[0] for s in final)


def stack(
    recurrence: Recurrence,
    weights: Sequence[Weights],  # one for each layer and direction, in the order of the layers
    x: Tensor,  # [T, B, I], or with batch_sizes the rows of a packed sequence [N, I]
    batch_sizes: Tensor | None,  # number of sequences at each step [T], on the CPU
    state: State,  # each [L·D, B, ·] for L layers and D directions
    *,
    dropout: float,
    training: bool,
    bidirectional: bool,
    extras: Sequence[Extras] | None = None,  # one for each layer and direction; None: all empty
    recompute: bool = False,  # whether backward computes the gates again instead of keeping them
) -> tuple[Tensor, State]:
    """Compute all layers and directions of a network: output `[T, B, D·P]` and last state."""
    directions = 2 if bidirectional else 1
    plan = CallPlan.of(recurrence, directions, recompute)
    call = Call(plan, x, batch_sizes, *_pair(state), None, flat(weights))
    flags = _flags_of(call)
    options: dict[str, Any] = {
        "dropout": dropout,
        "training": training,
        "bidirectional": bidirectional,
        "recompute": recompute,
    }
    if not flags and autocast.applies(x, weights):
        dtype = autocast.result_dtype(recurrence, weights, x, state, is_whole=batch_sizes is None)
        wide = autocast.Widened.of(weights, x, state, extras)
        with torch.autocast("cpu", enabled=False):
            output, final = stack(
                recurrence,
                wide.weights,
                wide.x,
                batch_sizes,
                wide.state,
                extras=wide.extras,
                **options,
            )
        return output.to(dtype), tuple(s.to(dtype) for s in final)
    if not flags or (flags != _AS_OPERATOR and _is_short(call)):
        own = NO_EXTRAS if extras is None else extras[0]
        able = torch_backend.supports(recurrence, own) and not _is_transformed()
        if able or not flags:
            other = torch_backend.stack if able else partial(compose, reference_backend.sequence)
            return other(
                recurrence,
                weights,
                x,
                batch_sizes,
                state,
                extras=extras,
                **options,
            )
    drops = training and dropout > 0 and len(weights) > directions
    if drops or extras is not None:
        masks = _layer_dropout(call, len(weights) // directions - 1, dropout) if drops else None
        call = call._replace(
            extra_tensors=ExtraTensors.of(extras or [NO_EXTRAS], masks, x.shape[:-1])
        )
    return _compute(call, flags)


def trace(
    recurrence: Recurrence, weights: Weights, x: Tensor, state: State, extras: Extras = NO_EXTRAS
) -> tuple[dict[str, Tensor], State] | None:
    """Gates and states of all steps, which the kernels keep for backward, and the last state.

    Returns:
        Tensors by name, `[T, B, H]`, h `[T, B, P]`; None for an RNN, which has no gate, where a
        gradient is needed, and where another backend computes this call.
    """
    if recurrence.kind == "rnn":
        return None
    call = Call(
        CallPlan.of(recurrence, 1),
        x,
        None,
        *_pair(tuple(s[None] for s in state)),
        None,
        flat((weights,)),
    )
    flags = _flags_of(call)
    has_gradient = flags & kernels().HAS_GRAD and torch.is_grad_enabled()
    if flags in (0, _AS_OPERATOR) or has_gradient:
        return None
    if not extras.is_empty:
        call = call._replace(extra_tensors=ExtraTensors.of([extras], None, x.shape[:-1]))
    results, found = kernel_call.gates(call.dense())
    found.pop("a_n", None)
    if recurrence.kind == "lstm":
        before = found.pop("c_before")
        found["c"] = zoned(extras.zoneout_c, before, found["f"] * before + found["i"] * found["g"])
    final = (results.h_n,) if results.c_n is None else (results.h_n, results.c_n)
    return {**found, "h": results.output}, tuple(s[0] for s in final)


_FEW_STEPS = 2
_LARGE_WEIGHTS = 2**18  # elements of a layer's weights in one direction, for each of the steps


def _is_short(call: Call) -> bool:
    """Return whether torch's kernels are faster, which read the weights as they lie.

    Ours copy the weights to another layout first, which pays after a few steps. torch's LSTM copies
    them, too. A `Stream` keeps the copy.
    """
    steps, (weight_ih, weight_hh) = call.x.shape[0], call.weights[:2]
    assert weight_ih is not None
    assert weight_hh is not None
    return (
        steps <= _FEW_STEPS
        and call.c is None
        and call.batch_sizes is None
        and weight_ih.numel() + weight_hh.numel() >= steps * _LARGE_WEIGHTS
    )


def _is_for_torchs_cell(recurrence: Recurrence, weights: Weights, flags: int) -> bool:
    """Return whether torch's cell is faster, which reads the weights as they lie."""
    elements = weights.weight_ih.numel() + weights.weight_hh.numel()
    trains = flags & kernels().HAS_GRAD and torch.is_grad_enabled()
    is_faster = elements >= _LARGE_WEIGHTS or (recurrence.kind == "rnn" and trains)
    return bool(is_faster) and torch_backend.supports(recurrence)


_AS_OPERATOR = -1  # a result of `_flags_of` besides the flags of the kernels' `look`


def _flags_of(call: Call) -> int:
    """Return 0 for another backend, _AS_OPERATOR, or the flags of the kernels' `look`."""
    if is_watched():
        return _AS_OPERATOR if _is_operators(call) else 0
    flags: int = kernels().look(call.x, (call.h, call.c, *call.weights))
    return flags


def _compute(call: Call, flags: int) -> tuple[Tensor, State]:
    if flags == _AS_OPERATOR:
        return operators.run(call)
    if flags & kernels().HAS_GRAD and torch.is_grad_enabled():
        return autograd.run(call)
    if flags & kernels().SCATTERED:
        call = call.dense()
    output, h_n, c_n, _ = kernel_call.forward(call, keep=False)
    return output, ((h_n,) if c_n is None else (h_n, c_n))


# --- active modes of torch: each check takes a fraction of a microsecond -------------------------


def is_watched() -> bool:
    """Return whether a mode of torch records or changes the operations of torch."""
    return (
        torch.compiler.is_compiling()
        or torch._C._len_torch_dispatch_stack() > 0
        or _is_transformed()
        or torch._C._is_tracing()
        or (torch._C._is_any_autocast_enabled() and torch.is_autocast_enabled("cpu"))
    )


def _is_transformed() -> bool:
    """Return whether a transform of torch.func or forward-mode differentiation is active."""
    return torch._C._are_functorch_transforms_active() or forward_ad._current_level >= 0


def _is_operators(call: Call) -> bool:
    """Return whether a call in such a mode can be an operator; its tensors may be fake tensors."""
    x = call.x
    if not torch.compiler.is_compiling() and torch._C._is_tracing():
        return False  # torch.jit.trace records only built-in operators
    return (
        not _is_transformed()
        and not torch.is_autocast_enabled("cpu")
        and x.dtype in (torch.float32, torch.float64)
        and all(
            tensor.dtype == x.dtype and tensor.device.type == "cpu"
            for tensor in (x, *call.state, *call.weights)
            if tensor is not None
        )
    )


# --- small parts ---------------------------------------------------------------------------------


def _pair(state: State) -> tuple[Tensor, Tensor | None]:
    return (state[0], state[1]) if len(state) == 2 else (state[0], None)


def _layer_dropout(call: Call, count: int, dropout: float) -> Tensor:
    """Draw the dropout masks between layers, the same numbers as torch's kernels.

    torch's kernels draw once for each layer, over all its features in time-first order.
    """
    weight_hh = call.weights[1]
    assert weight_hh is not None
    rows = call.x.shape[:-1].numel()
    masks = call.x.new_ones((count, rows, call.plan.directions * weight_hh.shape[1]))
    for mask in masks:
        drop_out(mask, dropout, inplace=True)
    return masks
