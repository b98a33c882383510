"""One call of the C++ recurrences: its options, the memory of its outputs, its gradients.

Nothing is decided here and autograd sees nothing: `gated.ops.cpu.backend` chooses who computes,
`gated.ops.cpu.autograd` and `gated.ops.cpu.operators` differentiate. What the kernels ask of
memory stands in cpp/gated/gated.hpp.

All weights travel as one flat tuple, five of every layer and direction, None where there is none:
no tuple has to be built and searched again on the way.
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
    "Acting",
    "Call",
    "CallPlan",
    "Results",
    "backward",
    "flat",
    "forward",
    "kernels",
    "kind_of",
    "reserve_size",
    "rows_like",
]

PER_LAYER = Weights._fields.index("weight_hr") + 1  # the kernels take no gains of layer_norm

_RECURRENCES = (  # one of each kind of the kernels
    Recurrence("rnn"),
    Recurrence("rnn", nonlinearity="relu"),
    Recurrence("lstm"),
    Recurrence("gru"),
    Recurrence("gru", reset="before"),
)


_kernels: ModuleType | None = None


def kernels() -> ModuleType:
    """The C++ module; asked for several times a call."""
    global _kernels
    if _kernels is None:
        _kernels = extension.module()
    return _kernels


class CallPlan(NamedTuple):
    """What the kernels must know beyond tensors, the same for forward and its backward."""

    kind: int  # one of the module's KINDS
    directions: int
    threads: int
    recompute: bool  # backward computes the gates again instead of keeping them

    @classmethod
    def of(cls, asked: Recurrence, directions: int, recompute: bool = False) -> "CallPlan":
        """With as many threads as torch has."""
        return cls(kind_of(asked), directions, _threads(), recompute)

    @property
    def recurrence(self) -> Recurrence:
        """What is asked."""
        return _by_kind()[self.kind]


def kind_of(asked: Recurrence) -> int:
    """The number by which the kernels know a recurrence."""
    name: str = asked.kind
    if name == "gru":
        name = f"gru_{asked.reset}"
    elif name == "rnn":
        name = f"rnn_{asked.nonlinearity}"
    number: int = _number_of(name)
    return number


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


class Acting(NamedTuple):
    """What acts on the states, of all layers and directions at once. N rows: T·B, or packed."""

    resets: Tensor | None = None  # [L·D, N]
    recurrent_mask: Tensor | None = None  # [L·D, B, P]
    zoneout_h: Tensor | None = None  # [L·D, N, P]
    zoneout_c: Tensor | None = None  # [L·D, N, H]
    layer_dropout: Tensor | None = None  # [L-1, N, D·P]

    @classmethod
    def of(
        cls,
        extras: Sequence[Extras],  # one of every layer and direction
        layer_dropout: Tensor | None,
        rows: torch.Size,  # [T, B] or [N]
    ) -> "Acting":
        """All tensors of a kind in one; what comes beside rows flattened to [N]."""
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
        """What `of` was given."""
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
    """The inputs of one call, as forward and backward both take them."""

    plan: CallPlan
    x: Tensor  # [T, B, I]; with batch_sizes [N, I]; or [B, I], a single step
    batch_sizes: Tensor | None  # [T], on the CPU
    h: Tensor  # [L·D, B, P], or [B, P] where L·D = 1
    c: Tensor | None  # [L·D, B, H], or [B, H]; of the LSTM
    acting: Acting | None  # None: nothing acts
    weights: tuple[Tensor | None, ...]

    @property
    def state(self) -> State:
        """(h,) or (h, c)."""
        return (self.h,) if self.c is None else (self.h, self.c)

    def dense(self) -> "Call":
        """The same numbers as the kernels read them: contiguous but for x's outer axes."""
        return self._replace(
            x=_dense_rows(self.x),
            h=self.h.contiguous(),
            c=None if self.c is None else self.c.contiguous(),
            weights=tuple(None if w is None else w.contiguous() for w in self.weights),
        )


def flat(weights: Sequence[Weights]) -> tuple[Tensor | None, ...]:
    """The weights of every layer and direction in one tuple."""
    if len(weights) == 1:
        return weights[0][:PER_LAYER]
    return tuple(tensor for layer in weights for tensor in layer[:PER_LAYER])


def rows_like(x: Tensor, features: int) -> Tensor:
    """Memory for a sequence that lies as x does: batch outermost where x has it so."""
    if x.dim() == 2:
        return x.new_empty((x.shape[0], features))
    steps, batch, _ = x.shape
    by_step, by_sequence, _ = x.stride()
    if by_step < by_sequence:
        return x.new_empty_strided((steps, batch, features), (features, steps * features, 1))
    return x.new_empty((steps, batch, features))


def reserve_size(call: Call) -> int:
    """The numbers that forward keeps for backward."""
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
    """What forward leaves."""

    output: Tensor
    h_n: Tensor
    c_n: Tensor | None
    reserve: Tensor | None  # what backward needs


def results_for(call: Call, *, keep: bool) -> Results:
    """Memory for the results of a dense call; for the reserve only if that is to be kept."""
    x, c, weight_hh = call.x, call.c, call.weights[1]
    assert weight_hh is not None
    return Results(
        rows_like(x, call.plan.directions * weight_hh.shape[1]),
        torch.empty_like(call.h),
        None if c is None else torch.empty_like(c),
        x.new_empty(reserve_size(call)) if keep else None,
    )


def forward(call: Call, *, keep: bool) -> Results:
    """Run a dense call."""
    plan, x, batch_sizes, h, c, acting, weights = call
    results = results_for(call, keep=keep)
    kernels().forward(*plan, weights, x, batch_sizes, h, c, acting, *results)
    return results


def differentiable(call: Call) -> tuple[Tensor | None, ...]:
    """What has a gradient: x, h, c and each weight."""
    return (call.x, call.h, call.c, *call.weights)


def gradients_for(call: Call, wanted: Sequence[bool]) -> list[Tensor | None]:
    """Memory for the gradients of those of `differentiable` that are wanted, else None."""
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
    wanted: Sequence[bool],  # of each of `differentiable`
) -> list[Tensor | None]:
    """∂L/∂ of each of `differentiable`, of a dense call; None where it is not wanted."""
    plan, x, batch_sizes, h, c, acting, weights = call
    d_output, d_h_n, d_c_n = towards
    gradients = gradients_for(call, wanted)
    kernels().backward(
        *plan,
        weights,
        x,
        batch_sizes,
        h,
        c,
        acting,
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
