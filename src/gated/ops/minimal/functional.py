"""Provides minGRU and minLSTM as functions of tensors, for one layer in one direction.

`gated.ops.minimal.reference` gives the equations and the shapes of the weights. All tensors are
dense and have the same floating dtype and device. No argument is changed, and every argument can
have a gradient. `scan` selects the algorithm; the results differ only by rounding:

- "plain": blocks of steps in parallel; as accurate as "steps". The recommended choice.
- "log": the scan of the paper, without a loop; it loses precision as T and the gates' arguments
  grow.
- "steps": one step after the other, as in the equations.

The functions raise UsageError, which names the argument that does not match.
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from gated.errors import UsageError
from gated.ops.checks import check_same_kind, check_tensors
from gated.ops.loops import has_fixed_length, is_recorded, over_rows
from gated.ops.minimal import reference
from gated.ops.minimal.reference import Kind
from gated.ops.minimal.scan import log_g, log_scan, plain_scan

__all__ = [
    "GATES",
    "Scan",
    "check_scan",
    "mingru_sequence",
    "mingru_step",
    "minlstm_sequence",
    "minlstm_step",
    "run",
]

Scan = Literal["plain", "log", "steps"]
GATES: dict[Kind, int] = {"mingru": 2, "minlstm": 3}  # blocks of H rows in the stacked weight


def mingru_sequence(
    x: Tensor,
    h: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    resets: Tensor | None = None,
    scan: Scan = "plain",
) -> tuple[Tensor, Tensor]:
    """Run the minGRU over `[T, B, I]`: all hidden states `[T, B, H]` and the last `[B, H]`.

    Example:
        >>> import torch
        >>> x, h = torch.zeros(3, 1, 2), torch.ones(1, 4)
        >>> mingru_sequence(x, h, torch.zeros(8, 2))[0][:, 0, 0]  # each step is halfway to 1/2
        tensor([0.7500, 0.6250, 0.5625])
    """
    return _sequence("mingru", x, h, weight, bias, resets, scan)


def mingru_step(x: Tensor, h: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Compute one step of the minGRU: the next hidden state `[B, H]` from `[B, I]`.

    Example:
        >>> import torch
        >>> mingru_step(torch.zeros(1, 2), torch.ones(1, 4), torch.zeros(8, 2))
        tensor([[0.7500, 0.7500, 0.7500, 0.7500]])
    """
    _check_shapes("mingru", x, ("B", "I"), h, weight, bias)
    return reference.step("mingru", x, h, weight, bias)


def minlstm_sequence(
    x: Tensor,
    h: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    resets: Tensor | None = None,
    scan: Scan = "plain",
) -> tuple[Tensor, Tensor]:
    """Run the minLSTM over `[T, B, I]`: all hidden states `[T, B, H]` and the last `[B, H]`.

    Example:
        >>> import torch
        >>> x, h = torch.zeros(3, 1, 2), torch.ones(1, 4)
        >>> minlstm_sequence(x, h, torch.zeros(12, 2))[1]
        tensor([[0.5625, 0.5625, 0.5625, 0.5625]])
    """
    return _sequence("minlstm", x, h, weight, bias, resets, scan)


def minlstm_step(x: Tensor, h: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Compute one step of the minLSTM: the next hidden state `[B, H]` from `[B, I]`.

    Example:
        >>> import torch
        >>> minlstm_step(torch.zeros(1, 2), torch.ones(1, 4), torch.zeros(12, 2))
        tensor([[0.7500, 0.7500, 0.7500, 0.7500]])
    """
    _check_shapes("minlstm", x, ("B", "I"), h, weight, bias)
    return reference.step("minlstm", x, h, weight, bias)


def run(
    kind: Kind,
    x: Tensor,  # [T, B, I]
    h: Tensor,  # [B, H]
    weight: Tensor,
    bias: Tensor | None,
    resets: Tensor | None,  # [T, B] bool
    scan: Scan,
) -> tuple[Tensor, Tensor]:
    """Compute all h_t and the last one with the given scan, without a check of the shapes.

    A program that is recorded for any number of steps computes one step after the other.

    Raises:
        UsageError: resets are given with scan="log": a reset would need the logarithm of zero.
    """
    if is_recorded() and not has_fixed_length(x):
        rows = reference.shares(reference.arguments(kind, x, weight, bias), resets)
        output, (h,) = over_rows(_step, (h,), rows, ())
        return output, h
    if scan == "steps":
        return reference.sequence(kind, x, h, weight, bias, resets)
    of = reference.arguments(kind, x, weight, bias)
    if scan == "plain":
        output = plain_scan(*reference.shares(of, resets), h)
    elif resets is None:
        output = log_scan(logsigmoid(of.d), logsigmoid(-of.d) + log_g(of.u), h)
    else:
        raise UsageError(
            'resets were given with scan="log", which has no logarithm for a cleared state. '
            'Expected scan="plain" or scan="steps".'
        )
    return output, output[-1]


def _step(state: list[Tensor], row: list[Tensor], constants: list[Tensor]) -> list[Tensor]:
    (h,), (a, b) = state, row
    return [a * h + b]


def check_scan(scan: str) -> None:
    """Raise UsageError unless `scan` is the name of a scan."""
    if not isinstance(scan, str) or scan not in ("plain", "log", "steps"):
        raise UsageError(f'scan is {scan!r}. Expected "plain", "log" or "steps".')


def _sequence(
    kind: Kind,
    x: Tensor,
    h: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    resets: Tensor | None,
    scan: Scan,
) -> tuple[Tensor, Tensor]:
    check_scan(scan)
    _check_shapes(kind, x, ("T", "B", "I"), h, weight, bias)
    if len(x) == 0:
        raise UsageError("x has no time step: its first axis is 0 long. Expected at least 1.")
    if resets is not None:
        check_same_kind("resets", resets, x, torch.bool)
        if resets.shape != x.shape[:2]:
            raise UsageError(
                f"resets have shape {list(resets.shape)}. Expected {list(x.shape[:2])}, given x of "
                f"shape {list(x.shape)}."
            )
    return run(kind, x, h, weight, bias, resets, scan)


def _check_shapes(
    kind: Kind,
    x: Tensor,
    axes: tuple[str, ...],
    h: Tensor,
    weight: Tensor,
    bias: Tensor | None,
) -> None:
    check_tensors(x, {"h": h, "weight": weight, "bias": bias}, ("bias",))
    if x.dim() != len(axes):
        raise UsageError(f"x has shape {list(x.shape)}. Expected axes [{', '.join(axes)}].")
    if h.dim() != 2:
        raise UsageError(f"h has shape {list(h.shape)}. Expected axes [B, H].")
    rows = GATES[kind] * h.shape[1]
    expected = {"h": (x.shape[-2], h.shape[1]), "weight": (rows, x.shape[-1]), "bias": (rows,)}
    for name, tensor in {"h": h, "weight": weight, "bias": bias}.items():
        if tensor is not None and tensor.shape != expected[name]:
            raise UsageError(
                f"{name} has shape {list(tensor.shape)}. Expected {list(expected[name])}, given x "
                f"of shape {list(x.shape)} and h of {list(h.shape)}."
            )
