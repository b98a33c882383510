"""Computes h_t = a_t ⊙ h_{t-1} + b_t for all t at once, with one of two algorithms.

**Plain.** The composition of two such steps is such a step: (a, b) then (a', b') is
(a' a, a' b + b'). So any range of steps has an a and a b. Time is split into about √T blocks of
about √T steps. First, all blocks run in parallel from a zero state, which takes √T steps. Then √T
steps carry the state from block to block, and one product and sum adds the initial state of its
block to every h_t. There is no division, and no intermediate value is larger than the state, so the
rounding error equals that of the steps for any a between 0 and 1.

**In logarithms**, the scan of the paper on minGRU (arXiv 2410.01201, after Heinsen, arXiv
2311.06281), for a and b above zero:

    A_t = log a_1 + … + log a_t
    h_t = exp(A_t) h_0 + exp(A_t + log(exp(log b_1 − A_1) + … + exp(log b_t − A_t)))

It has no loop, but |A_t| grows with t, and a rounding error of A_t is a relative error of h_t. So
the error is about |A_t| times the rounding of the dtype; docs/reference/equations.md has figures.
"""

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.nn.functional import logsigmoid, relu

__all__ = ["log_g", "log_scan", "plain_scan"]


def plain_scan(a: Tensor, b: Tensor, h: Tensor) -> Tensor:
    """Compute all h_t `[T, B, H]` from a and b `[T, B, H]` and h_0 `[B, H]`, T ≥ 1."""
    b = torch.cat([b[:1] + a[:1] * h, b[1:]])
    if torch.compiler.is_compiling():  # torch.compile cannot trace a Function with a jvp
        return _in_blocks(a, b)
    return _Scan.apply(a, b)  # type: ignore[no-any-return, no-untyped-call]


def log_scan(log_a: Tensor, log_b: Tensor, h: Tensor) -> Tensor:
    """Compute all h_t `[T, B, H]` from log a and log b `[T, B, H]` and h_0 `[B, H]`.

    h_0 is not a logarithm, so it may have any sign and may be zero.
    """
    decay = log_a.cumsum(0)
    return decay.exp() * h + (decay + (log_b - decay).logcumsumexp(0)).exp()


def log_g(u: Tensor) -> Tensor:
    """Compute log g(u), which is finite where g(u) rounds to zero."""
    return torch.where(u >= 0, (relu(u) + 0.5).log(), logsigmoid(u))


class _Scan(Function):
    """The scan from h_0 = 0. Its gradient is a scan backward in time, so it saves only a and h.

    With dh_t the gradient at the output: db_t = dh_t + a_{t+1} ⊙ db_{t+1}, da_t = db_t ⊙ h_{t-1}.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(a: Tensor, b: Tensor) -> Tensor:
        return _in_blocks(a, b)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        ctx.save_for_backward(inputs[0], output)
        ctx.save_for_forward(inputs[0], output)

    @staticmethod
    def backward(ctx: Any, *d_output: Tensor) -> tuple[Tensor, Tensor]:
        a, h = ctx.saved_tensors
        after = torch.cat([a[1:], torch.zeros_like(a[:1])])  # a_{t+1}
        db = _Scan.apply(after.flip(0), d_output[0].flip(0)).flip(0)  # type: ignore[no-untyped-call]
        return db * _before(h), db

    @staticmethod
    def jvp(ctx: Any, *tangents: Tensor) -> Tensor:
        a, h = ctx.saved_tensors
        a_tangent, b_tangent = tangents
        return _Scan.apply(a, b_tangent + a_tangent * _before(h))  # type: ignore[no-any-return, no-untyped-call]


def _before(h: Tensor) -> Tensor:
    """Return h_{t-1} of every t, with zero for the first."""
    return torch.cat([torch.zeros_like(h[:1]), h[:-1]])


def _in_blocks(a: Tensor, b: Tensor) -> Tensor:
    steps = len(a)
    length = math.isqrt(steps - 1) + 1  # steps of a block, √T rounded up
    blocks = -(-steps // length)
    filling = blocks * length - steps
    if filling:
        a, b = (torch.cat([s, s.new_zeros(filling, *s.shape[1:])]) for s in (a, b))
    a, b = (torch.unflatten(s, 0, (blocks, length)) for s in (a, b))  # [blocks, length, B, H]

    decay, local = [a[:, 0]], [b[:, 0]]  # a and b of each block up to a step
    for k in range(1, length):
        decay.append(a[:, k] * decay[-1])
        local.append(a[:, k] * local[-1] + b[:, k])

    begin = [torch.zeros_like(local[-1][0])]  # h before each block
    for whole, end in zip(decay[-1][:-1], local[-1][:-1], strict=True):
        begin.append(whole * begin[-1] + end)
    h = torch.stack(local, 1) + torch.stack(decay, 1) * torch.stack(begin)[:, None]
    return h.flatten(0, 1)[:steps]
