"""Calls the C++ recurrences: it sets their options and allocates outputs and gradients.

This module selects nothing and records nothing for autograd: `gated.ops.cpu.backend` selects what
computes a call, `gated.ops.cpu.autograd` and `gated.ops.cpu.operators` differentiate it.
cpp/gated/gated.hpp describes the memory layout that the kernels need.

All weights are passed as one flat tuple with five entries for each layer and direction, None where
a weight is absent, so that no tuple is built and searched again.
"""

from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import NamedTuple

import torch
from torch import Tensor

from gated.ops.cpu import extension
from gated.ops.recurrence import GATES, Extras, Recurrence, State, Weights

__all__ = [
    "Call",
    "CallPlan",
    "ExtraTensors",
    "Results",
    "backward",
    "flat",
    "forward",
    "gates",
    "kernels",
    "kind_of",
    "reserve_size",
    "rows_like",
]

PER_LAYER = Weights._fields.index("weight_hr") + 1  # the kernels take no gains of layer_norm

_RECURRENCES = (  # one for each kind of the kernels
    Recurrence("rnn"),
    Recurrence("rnn", nonlinearity="relu"),
    Recurrence("lstm"),
    Recurrence("gru"),
    Recurrence("gru", reset="before"),
)


_kernels: ModuleType | None = None


def kernels() -> ModuleType:
    """Return the C++ module, cached, since each call uses it several times."""
    global _kernels
    if _kernels is None:
        found = extension.module()
        found.prepare_for_torch()
        _kernels = found
    return _kernels


class CallPlan(NamedTuple):
    """The arguments of the kernels besides tensors, the same for forward and its backward."""

    kind: int  # one of the module's KINDS
    directions: int
    threads: int
    recompute: bool  # backward computes the gates again instead of keeping them

    @classmethod
    def of(cls, recurrence: Recurrence, directions: int, recompute: bool = False) -> "CallPlan":
        """Return the plan of a recurrence, with the number of threads of torch."""
        return cls(kind_of(recurrence), directions, _threads(), recompute)

    @property
    def recurrence(self) -> Recurrence:
        """The recurrence to compute."""
        return _by_kind()[self.kind]


def kind_of(recurrence: Recurrence) -> int:
    """Return the number of a recurrence in the kernels."""
    number: int = _number_of(_name_of(recurrence))
    return number


def _name_of(recurrence: Recurrence) -> str:
    if recurrence.kind == "gru":
        return f"gru_{recurrence.reset}"
    return f"rnn_{recurrence.nonlinearity}" if recurrence.kind == "rnn" else recurrence.kind


@extension.constant_when_compiled
def _number_of(name: str) -> int:
    number: int = kernels().KINDS[name]
    return number


@cache
def _by_kind() -> dict[int, Recurrence]:
    return {kind_of(recurrence): recurrence for recurrence in _RECURRENCES}


@extension.constant_when_compiled
def _threads() -> int:
    return torch.get_num_threads()


class ExtraTensors(NamedTuple):
    """The extras of all layers and directions as stacked tensors. N rows: T·B, or packed."""

    resets: Tensor | None = None  # [L·D, N]
    recurrent_mask: Tensor | None = None  # [L·D, B, P]
    zoneout_h: Tensor | None = None  # [L·D, N, P]
    zoneout_c: Tensor | None = None  # [L·D, N, H]
    layer_dropout: Tensor | None = None  # [L-1, N, D·P]

    @classmethod
    def of(
        cls,
        extras: Sequence[Extras],  # one for each layer and direction
        layer_dropout: Tensor | None,
        rows: torch.Size,  # [T, B] or [N]
    ) -> "ExtraTensors":
        """Stack the tensors of each kind and flatten their rows to [N]."""
        resets, masks, zoneout_h, zoneout_c = (
            None if parts[0] is None else torch.stack(parts) for parts in zip(*extras, strict=True)
        )
        return cls(
            None if resets is None else resets.flatten(1),
            masks,
            None if zoneout_h is None else zoneout_h.flatten(1, len(rows)),
            None if zoneout_c is None else zoneout_c.flatten(1, len(rows)),
            layer_dropout,
        )

    def extras(self, count: int, rows: torch.Size) -> list[Extras]:
        """Return the extras from which `of` made these tensors."""
        resets, masks, zoneout_h, zoneout_c, _ = self
        return [
            Extras(
                None if resets is None else torch.unflatten(resets[index], 0, rows),
                None if masks is None else masks[index],
                None if zoneout_h is None else torch.unflatten(zoneout_h[index], 0, rows),
                None if zoneout_c is None else torch.unflatten(zoneout_c[index], 0, rows),
            )
            for index in range(count)
        ]


class Call(NamedTuple):
    """The inputs of one call, the same for forward and backward."""

    plan: CallPlan
    x: Tensor  # [T, B, I]; with batch_sizes [N, I]; or [B, I], a single step
    batch_sizes: Tensor | None  # [T], on the CPU
    h: Tensor  # [L·D, B, P], or [B, P] where L·D = 1
    c: Tensor | None  # [L·D, B, H], or [B, H]; of the LSTM
    extra_tensors: ExtraTensors | None  # None: no extras
    weights: tuple[Tensor | None, ...]

    @property
    def state(self) -> State:
        """(h,) or (h, c)."""
        return (self.h,) if self.c is None else (self.h, self.c)

    def dense(self) -> "Call":
        """Return the call with the layout of the kernels: contiguous except x's outer axes."""
        return self._replace(
            x=_dense_rows(self.x),
            h=self.h.contiguous(),
            c=None if self.c is None else self.c.contiguous(),
            weights=tuple(None if w is None else w.contiguous() for w in self.weights),
        )


def flat(weights: Sequence[Weights]) -> tuple[Tensor | None, ...]:
    """Return the weights of every layer and direction in one tuple."""
    if len(weights) == 1:
        return weights[0][:PER_LAYER]
    return tuple(tensor for layer in weights for tensor in layer[:PER_LAYER])


def rows_like(x: Tensor, features: int) -> Tensor:
    """Allocate a sequence in the layout of x: batch-first where x is batch-first."""
    if x.dim() == 2:
        return x.new_empty((x.shape[0], features))
    steps, batch, _ = x.shape
    by_step, by_sequence, _ = x.stride()
    if by_step < by_sequence:
        return x.new_empty_strided((steps, batch, features), (features, steps * features, 1))
    return x.new_empty((steps, batch, features))


def reserve_size(call: Call) -> int:
    """Return the number of values that forward stores for backward."""
    plan, x, weight_hh = call.plan, call.x, call.weights[1]
    assert weight_hh is not None
    steps = x.shape[0] if x.dim() == 3 else 1
    size: int = kernels().reserve_size(
        plan.kind,
        len(call.weights) // PER_LAYER // plan.directions,
        plan.directions,
        steps if call.batch_sizes is None else len(call.batch_sizes),
        call.h.shape[-2],
        x.shape[-1],
        weight_hh.shape[0] // GATES[plan.recurrence.kind],
        weight_hh.shape[1],
        call.batch_sizes,
        plan.threads,
        plan.recompute,
        x.dtype == torch.float64,
    )
    return size


class Results(NamedTuple):
    """The results of forward."""

    output: Tensor
    h_n: Tensor
    c_n: Tensor | None
    reserve: Tensor | None  # the stored values for backward


def results_for(call: Call, *, keep: bool) -> Results:
    """Allocate the results of a dense call; the reserve only with `keep`."""
    x, c, weight_hh = call.x, call.c, call.weights[1]
    assert weight_hh is not None
    return Results(
        rows_like(x, call.plan.directions * weight_hh.shape[1]),
        torch.empty_like(call.h),
        None if c is None else torch.empty_like(c),
        x.new_empty(reserve_size(call)) if keep else None,
    )


def forward(call: Call, *, keep: bool) -> Results:
    """Run the forward pass of a dense call."""
    plan, x, batch_sizes, h, c, extra_tensors, weights = call
    results = results_for(call, keep=keep)
    kernels().forward(*plan, weights, x, batch_sizes, h, c, extra_tensors, *results)
    return results


KEPT = {  # the gates of every step that forward keeps for backward, by the kind of the kernels
    "lstm": ("i", "f", "g", "o", "c_before"),
    "gru_after": ("r", "z", "n", "a_n"),
    "gru_before": ("r", "z", "n"),
}


def gates(call: Call) -> tuple[Results, dict[str, Tensor]]:
    """Run the forward pass of a GRU or LSTM, one layer in one direction, and name what it kept.

    Returns:
        The results, and the tensors of `KEPT`, each `[T, B, H]`.
    """
    results, x = forward(call, keep=True), call.x
    weight_hh = call.weights[1]
    assert results.reserve is not None
    assert weight_hh is not None
    recurrence = call.plan.recurrence
    names = KEPT[_name_of(recurrence)]
    hidden = weight_hh.shape[0] // GATES[recurrence.kind]
    kept = x.new_empty((len(names), x.shape[0] * x.shape[1], hidden))
    kernels().gates(
        call.plan.kind,
        call.plan.threads,
        x.shape[0],
        x.shape[2],
        weight_hh.shape[1],
        results.reserve,
        kept,
    )
    return results, dict(zip(names, torch.unflatten(kept, 1, x.shape[:2]), strict=True))


def differentiable(call: Call) -> tuple[Tensor | None, ...]:
    """Return the inputs that have a gradient: x, h, c and each weight."""
    return (call.x, call.h, call.c, *call.weights)


def gradients_for(call: Call, wanted: Sequence[bool]) -> list[Tensor | None]:
    """Allocate the gradients of the `wanted` inputs of `differentiable`; None for the others."""
    x, *others = differentiable(call)
    assert x is not None
    gradients = [
        tensor.new_empty(tensor.shape) if is_wanted and tensor is not None else None
        for tensor, is_wanted in zip(others, wanted[1:], strict=True)
    ]
    return [rows_like(x, x.shape[-1]) if wanted[0] else None, *gradients]


def backward(
    call: Call,
    output: Tensor,
    reserve: Tensor,
    towards: Sequence[Tensor | None],  # ∂L/∂ output, h_n, c_n; None for zero
    wanted: Sequence[bool],  # for each of `differentiable`
) -> list[Tensor | None]:
    """Compute ∂L/∂ of the `wanted` inputs of a dense call; None for the others."""
    plan, x, batch_sizes, h, c, extra_tensors, weights = call
    d_output, d_h_n, d_c_n = towards
    gradients = gradients_for(call, wanted)
    kernels().backward(
        *plan,
        weights,
        x,
        batch_sizes,
        h,
        c,
        extra_tensors,
        output,
        reserve,
        None if d_output is None else _dense_rows(d_output.resolve_neg()),
        None if d_h_n is None else d_h_n.resolve_neg().contiguous(),
        None if d_c_n is None else d_c_n.resolve_neg().contiguous(),
        *gradients[:3],
        tuple(gradients[3:]),
    )
    return gradients


def _dense_rows(x: Tensor) -> Tensor:
    return x if x.stride(-1) == 1 or x.shape[-1] <= 1 else x.contiguous()
