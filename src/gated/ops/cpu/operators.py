"""Registers the C++ recurrences as operators of torch.library, for torch.compile and torch.export.

`gated::recurrence` and `gated::recurrence_backward` are one node each in a traced graph, for any
number of steps, layers and directions. To run an exported program, import gated in an installation
that contains the C++ recurrences, or run its decompositions with the table of `decompositions`.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils.flop_counter import register_flop_formula

from gated.ops.cpu import autograd, kernel_call
from gated.ops.cpu.kernel_call import PER_LAYER, Call, CallPlan, ExtraTensors, Results
from gated.ops.loops import always_recorded
from gated.ops.recurrence import State

__all__ = ["decompositions", "run"]


class _Inputs(NamedTuple):
    """The inputs of both operators: a `Call` in types that an operator supports."""

    x: Tensor
    batch_sizes: Tensor | None
    state: Sequence[Tensor]  # h, and c of the LSTM
    weights: Sequence[Tensor]  # of every layer and direction, without None
    resets: Tensor | None
    recurrent_mask: Tensor | None
    zoneout_h: Tensor | None
    zoneout_c: Tensor | None
    layer_dropout: Tensor | None
    has_biases: bool
    projects: bool
    keeps: bool  # whether forward stores the reserve; if not, backward runs forward again
    kind: int
    directions: int
    threads: int  # 0: the number of threads of torch at run time
    recompute: bool

    @classmethod
    def of(cls, call: Call) -> "_Inputs":
        keeps = _keeps(call)
        return cls(
            call.x,
            call.batch_sizes,
            list(call.state),
            [w for w in call.weights if w is not None],
            *(ExtraTensors() if call.extra_tensors is None else call.extra_tensors),
            call.weights[2] is not None,
            call.weights[4] is not None,
            keeps,
            *(call.plan if keeps else call.plan._replace(threads=0)),
        )

    @property
    def call(self) -> Call:
        extra_tensors = ExtraTensors(*self[4:9])
        present = (True, True, self.has_biases, self.has_biases, self.projects)
        remaining, count = iter(self.weights), len(self.weights) // sum(present)
        return Call(
            CallPlan(*self[12:])._replace(threads=self.threads or torch.get_num_threads()),
            self.x,
            self.batch_sizes,
            self.state[0],
            self.state[1] if len(self.state) == 2 else None,
            None if all(tensor is None for tensor in extra_tensors) else extra_tensors,
            tuple(next(remaining) if is_present else None for is_present in present * count),
        )


_SCHEMA = (
    "Tensor x, Tensor? batch_sizes, Tensor[] state, Tensor[] weights, "
    "Tensor? resets, Tensor? recurrent_mask, Tensor? zoneout_h, Tensor? zoneout_c, "
    "Tensor? layer_dropout, bool has_biases, bool projects, bool keeps, "
    "int kind, int directions, int threads, bool recompute"
)


def run(call: Call) -> tuple[Tensor, State]:
    """Compute the output and last state of a call as one operator."""
    given = _Inputs.of(call)
    output, h_n, c_n, _ = _recurrence(*given)
    if given.keeps:  # backward needs the output as it is, whatever is done to it in place
        output = output.clone()
    return output, ((h_n,) if call.c is None else (h_n, c_n))


def _keeps(call: Call) -> bool:
    """Return whether forward stores the reserve for backward.

    The kernels compute the size of the reserve from the sizes of the call, so it is unknown for
    dynamic sizes and for packed sequences. An exported program usually runs forward only.
    """
    from torch.fx.experimental.symbolic_shapes import has_static_value  # takes long to import

    is_exported = torch.compiler.is_compiling() and not torch.compiler.is_dynamo_compiling()
    tensors = (call.x, *call.state, *call.weights)
    return (
        torch.is_grad_enabled()
        and not is_exported
        and call.batch_sizes is None
        and any(tensor is not None and tensor.requires_grad for tensor in tensors)
        and all(has_static_value(size) for size in call.x.shape)
    )


@torch.library.custom_op(
    "gated::recurrence", mutates_args=(), schema=f"({_SCHEMA}) -> (Tensor, Tensor, Tensor, Tensor)"
)
def _recurrence(*inputs: Any) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Compute output, h_n, c_n (empty except for the LSTM), reserve (empty unless `keeps`)."""
    given = _Inputs(*inputs)
    return _tensors(kernel_call.forward(given.call.dense(), keep=given.keeps))


@_recurrence.register_fake
def _(*inputs: Any) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    given = _Inputs(*inputs)
    return _tensors(kernel_call.results_for(given.call.dense(), keep=given.keeps))


def _tensors(results: Results) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Replace None by an empty tensor, since an operator returns only tensors."""
    output, h_n, *others = results
    c_n, reserve = (h_n.new_empty(0) if tensor is None else tensor for tensor in others)
    return output, h_n, c_n, reserve


# --- gradients -----------------------------------------------------------------------------------


@torch.library.custom_op(
    "gated::recurrence_backward",
    mutates_args=(),
    schema=f"({_SCHEMA}, Tensor output, Tensor reserve, Tensor?[] towards, bool[] wanted) "
    "-> Tensor[]",
)
def _recurrence_backward(*inputs: Any) -> list[Tensor]:
    """Compute ∂L/∂ of each `wanted` input from ∂L/∂ output, h_n and c_n (None for zero)."""
    *own, output, reserve, towards, wanted = inputs
    given = _Inputs(*own)
    call = given.call.dense()
    if not given.keeps:
        output, _, _, reserve = kernel_call.forward(call, keep=True)
    gradients = kernel_call.backward(call, output, reserve, towards, _by_place(call, wanted))
    return [gradient for gradient in gradients if gradient is not None]


@_recurrence_backward.register_fake
def _(*inputs: Any) -> list[Tensor]:
    *own, _, _, _, wanted = inputs
    call = _Inputs(*own).call.dense()
    gradients = kernel_call.gradients_for(call, _by_place(call, wanted))
    return [gradient for gradient in gradients if gradient is not None]


def _by_place(call: Call, wanted: Sequence[bool]) -> list[bool]:
    """Expand `wanted` of the given inputs to x, h, c and each weight, with False for None."""
    remaining = iter(wanted)
    return [tensor is not None and next(remaining) for tensor in kernel_call.differentiable(call)]


def _setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    given = _Inputs(*inputs)
    ctx.set_materialize_grads(False)
    ctx.counts, ctx.options = len(given.state), given[9:]
    result, _, _, reserve = output
    tensors = (given.x, given.batch_sizes, *given[4:9], *given.state, *given.weights)
    ctx.save_for_backward(result, reserve, *tensors)


def _backward(ctx: Any, *towards: Tensor | None) -> tuple[Any, ...]:
    output, reserve, x, batch_sizes, *others = ctx.saved_tensors
    extra_tensors, (state, weights) = (
        others[:5],
        (others[5 : 5 + ctx.counts], others[5 + ctx.counts :]),
    )
    given = _Inputs(x, batch_sizes, state, weights, *extra_tensors, *ctx.options)
    needs_x, _, needs_state, needs_weights, *_ = ctx.needs_input_grad
    wanted = [needs_x, *needs_state, *needs_weights]
    towards = (*towards[:2], towards[2] if len(state) == 2 else None)  # c_n is empty without a c
    if autograd.is_for_reference(towards):
        call = given.call
        places = _by_place(call, wanted)
        gradients = autograd.gradients_by_reference(call, towards, places)
        found = iter([gradient for gradient, place in zip(gradients, places, strict=True) if place])
    else:
        found = iter(_recurrence_backward(*given, output, reserve, list(towards), wanted))
    d_x, *others = (next(found) if is_wanted else None for is_wanted in wanted)
    return (d_x, None, others[: ctx.counts], others[ctx.counts :], *[None] * (len(given) - 4))


_recurrence.register_autograd(_backward, setup_context=_setup_context)


# --- programs for installations without gated ----------------------------------------------------


def decompositions() -> dict[Any, Callable[..., Any]]:
    """Return a table with which an exported program needs no gated any more.

    `run_decompositions` then replaces each recurrence by a scan over operators of torch. Such a
    program runs where gated is not installed, but as slowly as a loop of Python.

    Returns:
        The table of torch, `torch.export.default_decompositions()`, with the recurrence.

    Example:
        >>> import torch
        >>> from gated import nn, ops
        >>> program = torch.export.export(nn.GRU(3, 4).eval(), (torch.randn(5, 2, 3),))
        >>> program = program.run_decompositions(ops.decompositions())
        >>> any("gated" in str(node.target) for node in program.graph.nodes)
        False
    """
    table = torch.export.default_decompositions()
    table[torch.ops.gated.recurrence.default] = _decomposed
    return table


def _decomposed(*inputs: Any) -> Any:
    """Compute `gated::recurrence` with a scan; torch.export records no packed sequences."""
    given = _Inputs(*inputs)
    if given.batch_sizes is not None or given.keeps:
        return NotImplemented
    with always_recorded():
        output, final = autograd.by_reference(given.call)
    return _tensors(Results(output, final[0], final[1] if len(final) == 2 else None, None))


# --- floating-point operations, for torch.utils.flop_counter -------------------------------------


@register_flop_formula(torch.ops.gated.recurrence, get_raw=True)
def _flops(*inputs: Any, out_val: Any = None) -> int:
    """Count the products of matrices, as torch does: each row goes through every matrix once."""
    given = _Inputs(*inputs)
    return 2 * given.x.shape[:-1].numel() * sum(matrix.numel() for matrix in _matrices(given))


@register_flop_formula(torch.ops.gated.recurrence_backward, get_raw=True)
def _flops_of_backward(*inputs: Any, out_val: Any = None) -> int:
    *own, _, _, _, wanted = inputs
    given = _Inputs(*own)
    once = _flops(*own)
    needs_x, needs_h = wanted[:2]
    flops = (2 if any(wanted[1 + len(given.state) :]) else 1) * once  # of states, and of weights
    if not needs_x:
        flops -= 2 * given.x.shape[:-1].numel() * given.directions * given.weights[0].numel()
    if not needs_h:  # the gradient ends at the first step
        recurrent = sum(
            layer.numel() for layer in given.call.weights[1::PER_LAYER] if layer is not None
        )
        flops -= 2 * given.state[0].shape[-2] * recurrent
    return flops if given.keeps else flops + once


def _matrices(given: _Inputs) -> list[Tensor]:
    return [weight for weight in given.weights if weight.dim() == 2]
