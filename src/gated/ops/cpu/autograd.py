"""Connects the C++ recurrences to autograd with a torch.autograd.Function.

A Function adds a few microseconds to a call and an operator of torch.library several times as many,
so eager code uses the Function and only compiled code the operator (`gated.ops.cpu.operators`).

There is no kernel for second derivatives. Where a graph of the gradient itself is requested
(`create_graph=True`), the reference computes the gradients, since torch can differentiate it to any
order.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gated.ops import reference_backend
from gated.ops.cpu import kernel_call
from gated.ops.cpu.kernel_call import PER_LAYER, Call, ExtraTensors
from gated.ops.recurrence import State, Weights
from gated.ops.stack import compose

__all__ = ["by_reference", "gradients_by_reference", "is_for_reference", "run"]

_NO_EXTRA_TENSORS = ExtraTensors()
_EMPTY = torch.empty(0)


def run(call: Call) -> tuple[Tensor, State]:
    """Compute the output and last state of a call that the kernels support, with autograd."""
    output, *final = _Stack.apply(  # type: ignore[no-untyped-call]
        call.plan, call.x, call.batch_sizes, call.h, call.c, call.extra_tensors, *call.weights
    )
    return output, tuple(final)


class _Stack(torch.autograd.Function):
    """A whole network. It saves its inputs, its output and the reserve of the kernels.

    As in torch.nn, the caller may change the output in place before backward, which then computes
    it again: the saved output has a version counter of its own, and `marker` has the caller's.
    """

    @staticmethod
    def forward(
        ctx: Any,
        plan: kernel_call.CallPlan,
        x: Tensor,
        batch_sizes: Tensor | None,
        h: Tensor,
        c: Tensor | None,
        extra_tensors: ExtraTensors | None,
        *weights: Tensor | None,
    ) -> tuple[Tensor, ...]:
        call = Call(plan, x, batch_sizes, h, c, extra_tensors, weights)
        output, h_n, c_n, reserve = kernel_call.forward(call.dense(), keep=True)
        ctx.set_materialize_grads(False)
        ctx.plan, ctx.has_extras = plan, extra_tensors is not None
        ctx.marker = _marker_of(output)
        # Save the inputs as given, not the dense copies: a second derivative must reach them.
        ctx.save_for_backward(
            x,
            batch_sizes,
            h,
            c,
            output.data,
            reserve,
            *(extra_tensors or _NO_EXTRA_TENSORS),
            *weights,
        )
        return (output, h_n) if c_n is None else (output, h_n, c_n)

    @staticmethod
    def backward(
        ctx: Any, d_output: Tensor | None, d_h_n: Tensor | None, d_c_n: Tensor | None = None
    ) -> tuple[Tensor | None, ...]:
        x, batch_sizes, h, c, output, reserve, *others = ctx.saved_tensors
        extra_tensors, weights = others[: len(_NO_EXTRA_TENSORS)], others[len(_NO_EXTRA_TENSORS) :]
        call = Call(
            ctx.plan,
            x,
            batch_sizes,
            h,
            c,
            ExtraTensors(*extra_tensors) if ctx.has_extras else None,
            tuple(weights),
        )
        _, needs_x, _, needs_h, needs_c, _, *needs_weights = ctx.needs_input_grad
        wanted = (needs_x, needs_h, needs_c, *needs_weights)
        towards = (d_output, d_h_n, d_c_n)
        if is_for_reference(towards):
            d_x, d_h, d_c, *d_weights = gradients_by_reference(call, towards, wanted)
        else:
            call = call.dense()
            if ctx.marker._version:  # 0 for an output that nobody has changed
                output = kernel_call.forward(call, keep=False).output
            d_x, d_h, d_c, *d_weights = kernel_call.backward(call, output, reserve, towards, wanted)
        return (None, d_x, None, d_h, d_c, None, *d_weights)


def _marker_of(tensor: Tensor) -> Tensor:
    """Return an empty tensor that counts the changes of `tensor` and does not keep its memory."""
    marker = tensor.detach()
    marker.data = _EMPTY
    return marker


# --- by the reference ----------------------------------------------------------------------------


def by_reference(call: Call) -> tuple[Tensor, State]:
    """Compute the same call with torch operations, which torch can differentiate and transform."""
    if call.x.dim() == 2 and call.batch_sizes is None:  # a single step
        output, final = by_reference(call._replace(x=call.x[None]))
        return output[0], final
    directions, extra_tensors = call.plan.directions, call.extra_tensors or _NO_EXTRA_TENSORS
    weights = [
        Weights(*call.weights[at : at + PER_LAYER])  # type: ignore[arg-type]  # the first two are
        for at in range(0, len(call.weights), PER_LAYER)
    ]
    extras = extra_tensors.extras(len(weights), call.x.shape[:-1])
    state = tuple(s if s.dim() == 3 else s[None] for s in call.state)
    x, finals = call.x, []
    for first in range(0, len(weights), directions):
        if first > 0 and extra_tensors.layer_dropout is not None:
            x = x * extra_tensors.layer_dropout[first // directions - 1].view(x.shape)
        layer = slice(first, first + directions)
        x, final = compose(
            reference_backend.sequence,
            call.plan.recurrence,
            weights[layer],
            x,
            call.batch_sizes,
            tuple(s[layer] for s in state),
            dropout=0.0,
            training=False,
            bidirectional=directions == 2,
            extras=extras[layer],
        )
        finals.append(final)
    last = [torch.cat(parts) for parts in zip(*finals, strict=True)]
    return x, tuple(s.view(given.shape) for s, given in zip(last, call.state, strict=True))


def is_for_reference(towards: Sequence[Tensor | None]) -> bool:
    """Return whether the gradients need a graph of their own or are batched.

    Batched are gradients under vmap, and under `is_grads_batched=True` of torch.autograd.grad.
    """
    return (
        torch.is_grad_enabled()
        or torch._C._are_functorch_transforms_active()
        or any(d is not None and torch._C._functorch.is_legacy_batchedtensor(d) for d in towards)
    )


def gradients_by_reference(
    call: Call, towards: Sequence[Tensor | None], wanted: Sequence[bool]
) -> list[Tensor | None]:
    """Compute `kernel_call.backward` with the reference, with a graph where torch records one."""
    given = kernel_call.differentiable(call)
    records = torch.is_grad_enabled()
    with torch.enable_grad(), torch.autocast("cpu", enabled=False):
        inputs, leaves = list(given), []
        for place, tensor in enumerate(given):
            if tensor is not None and wanted[place]:
                # A view, so that a tensor in two arguments gets a gradient for each of them.
                leaves.append(tensor.view_as(tensor))
                inputs[place] = leaves[-1]
        x, h, c, *weights = inputs
        assert x is not None
        assert h is not None
        output, final = by_reference(call._replace(x=x, h=h, c=c, weights=tuple(weights)))
    results = zip((output, *final), towards, strict=False)  # no d_c_n where there is no c
    reached = [(result, d) for result, d in results if d is not None]
    found = iter(
        torch.autograd.grad(
            [result for result, _ in reached],
            leaves,
            [d for _, d in reached],
            create_graph=records,
            allow_unused=True,
        )
    )
    return [next(found) if is_wanted else None for is_wanted in wanted]
