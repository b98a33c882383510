"""The backend "cpu": the C++ recurrences of cpp/gated, for every recurrence and all extras.

A whole network of layers and directions is one call. Who computes that call is decided here:

| asked | computed by |
|---|---|
| float32 or float64 on a CPU, no gradient wanted | the kernels, directly |
| the same, a gradient wanted | the kernels, in an autograd Function |
| the same inside torch.compile, torch.export, a TorchDispatchMode | the kernels, as operators |
| vmap, grad, jvp and their like; forward-mode derivatives | the reference |
| another dtype, device or kind of tensor; autocast; torch.jit.trace | torch's, if they can |

So a program need not ask whether this backend can do what it does: it hands over. What it never
computes, and says so in `supports`, is layer normalisation.
"""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.nn.functional import dropout as drop_out

from gated.ops import reference_backend, torch_backend
from gated.ops.cpu import autograd, extension, kernel_call, operators
from gated.ops.cpu.kernel_call import Acting, Call, CallPlan, flat, kernels
from gated.ops.recurrence import NO_EXTRAS, Extras, Recurrence, State, Weights
from gated.ops.stack import compose

__all__ = ["is_watched", "sequence", "stack", "step", "supports"]


def supports(asked: Recurrence, extras: Extras = NO_EXTRAS) -> bool:
    """All but layer normalisation, where the C++ recurrences are there."""
    return not asked.layer_norm and extension.available()


def step(asked: Recurrence, weights: Weights, x: Tensor, state: State) -> State:
    """One time step: the next state from x `[B, I]`."""
    call = Call(CallPlan.of(asked, 1), x, None, *_pair(state), None, flat((weights,)))
    seen = _look(call)
    if seen:
        return _compute(call, seen)[1]
    if torch_backend.supports(asked) and not _is_transformed():
        return torch_backend.step(asked, weights, x, state)
    return reference_backend.step(asked, weights, x, state)


def sequence(
    asked: Recurrence, weights: Weights, x: Tensor, state: State, extras: Extras = NO_EXTRAS
) -> tuple[Tensor, State]:
    """All time steps of one layer in one direction: the output and last state from `[T, B, I]`."""
    output, final = stack(
        asked,
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
    asked: Recurrence,
    weights: Sequence[Weights],  # one of every layer and direction, layers outermost
    x: Tensor,  # [T, B, I], or with batch_sizes the rows of a packed sequence [N, I]
    batch_sizes: Tensor | None,  # sequences still running at each step [T], on the CPU
    state: State,  # each [L·D, B, ·] for L layers and D directions
    *,
    dropout: float,
    training: bool,
    bidirectional: bool,
    extras: Sequence[Extras] | None = None,  # one of every layer and direction; None: all empty
    recompute: bool = False,  # whether backward computes the gates again instead of keeping them
) -> tuple[Tensor, State]:
    """All layers and directions of a network: the output `[T, B, D·P]` and the last state."""
    directions = 2 if bidirectional else 1
    plan = CallPlan.of(asked, directions, recompute)
    call = Call(plan, x, batch_sizes, *_pair(state), None, flat(weights))
    seen = _look(call)
    if not seen:
        own = NO_EXTRAS if extras is None else extras[0]
        able = torch_backend.supports(asked, own) and not _is_transformed()
        other = torch_backend.stack if able else partial(compose, reference_backend.sequence)
        return other(
            asked,
            weights,
            x,
            batch_sizes,
            state,
            dropout=dropout,
            training=training,
            bidirectional=bidirectional,
            extras=extras,
            recompute=recompute,
        )
    drops = training and dropout > 0 and len(weights) > directions
    if drops or extras is not None:
        masks = _layer_dropout(call, len(weights) // directions - 1, dropout) if drops else None
        call = call._replace(acting=Acting.of(extras or [NO_EXTRAS], masks, x.shape[:-1]))
    return _compute(call, seen)


_AS_OPERATOR = -1  # what `_look` says besides what the kernels' `look` says


def _look(call: Call) -> int:
    """0: another backend is to compute this; _AS_OPERATOR; or what the kernels' `look` says."""
    if is_watched():
        return _AS_OPERATOR if _is_operators(call) else 0
    seen: int = kernels().look(call.x, (call.h, call.c, *call.weights))
    return seen


def _compute(call: Call, seen: int) -> tuple[Tensor, State]:
    if seen == _AS_OPERATOR:
        return operators.run(call)
    if seen & kernels().HAS_GRAD and torch.is_grad_enabled():
        return autograd.run(call)
    if seen & kernels().SCATTERED:
        call = call.dense()
    output, h_n, c_n, _ = kernel_call.forward(call, keep=False)
    return output, ((h_n,) if c_n is None else (h_n, c_n))


# --- who else is at work: each a question to torch that takes a fraction of a microsecond ---------


def is_watched() -> bool:
    """Whether somebody must see operations of torch, or change them."""
    return (
        torch.compiler.is_compiling()
        or torch._C._len_torch_dispatch_stack() > 0
        or _is_transformed()
        or torch._C._is_tracing()
        or (torch._C._is_any_autocast_enabled() and torch.is_autocast_enabled("cpu"))
    )


def _is_transformed() -> bool:
    """Inside vmap, grad, jvp … of torch.func, or where dual numbers of forward_ad may come."""
    return torch._C._are_functorch_transforms_active() or forward_ad._current_level >= 0


def _is_operators(call: Call) -> bool:
    """Whether a watched call can be an operator; its tensors may be a tracer's, without data."""
    x = call.x
    if not torch.compiler.is_compiling() and torch._C._is_tracing():
        return False  # torch.jit.trace knows its own operators only
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
    """What each layer but the last hands on is multiplied by: `count` draws, those of torch.

    torch's kernels draw once a layer, over all its features in time-first order.
    """
    weight_hh = call.weights[1]
    assert weight_hh is not None
    rows = call.x.shape[:-1].numel()
    masks = call.x.new_ones((count, rows, call.plan.directions * weight_hh.shape[1]))
    for mask in masks:
        drop_out(mask, dropout, inplace=True)
    return masks
