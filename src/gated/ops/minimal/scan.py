"""h_t = a_t ⊙ h_{t-1} + b_t for all t at once, in two ways.

**Plain.** Two such steps are one such step: (a, b) then (a', b') is (a' a, a' b + b'). So any
stretch of steps has an a and a b of its own. Time is cut into about √T blocks of about √T steps.
All blocks run side by side as if each began from zero, which takes √T steps; √T more carry the true
state from block to block; one product and sum then adds to every h_t what its block began from.
Nothing is divided and nothing outgrows the state, so it rounds as the steps themselves do, for any
a between 0 and 1.

**In logarithms**, the scan of the paper on minGRU (arXiv 2410.01201, after Heinsen, arXiv
2311.06281), for a and b above zero:

    A_t = log a_1 + … + log a_t
    h_t = exp(A_t) h_0 + exp(A_t + log(exp(log b_1 − A_1) + … + exp(log b_t − A_t)))

It has no loop at all, but |A_t| grows with t, and a rounding of A_t is a relative error of h_t. So
that error is about |A_t| times the rounding of the type: docs/reference/equations.md has figures.
"""

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.nn.functional import logsigmoid, relu

__all__ = ["log_g", "log_scan", "plain_scan"]


def plain_scan(a: Tensor, b: Tensor, h: Tensor) -> Tensor:
    """All h_t `[T, B, H]` from a and b `[T, B, H]` and h_0 `[B, H]`, for T of at least 1."""
    b = torch.cat([b[:1] + a[:1] * h, b[1:]])
    if torch.compiler.is_compiling():  # it cannot trace a Function with a jvp, and needs none
        return _in_blocks(a, b)
    return _Scan.apply(a, b)  # type: ignore[no-any-return, no-untyped-call]


def log_scan(log_a: Tensor, log_b: Tensor, h: Tensor) -> Tensor:
    """All h_t `[T, B, H]` from log a and log b `[T, B, H]` and h_0 `[B, H]`.

    h_0 enters by itself and not as a logarithm, so that it may have any sign, and be zero.
    """
    decay = log_a.cumsum(0)
    return decay.exp() * h + (decay + (log_b - decay).logcumsumexp(0)).exp()


def log_g(u: Tensor) -> Tensor:
    """log g(u), finite where g(u) itself rounds to zero."""
    return torch.where(u >= 0, (relu(u) + 0.5).log(), logsigmoid(u))


class _Scan(Function):
    """From h_0 = 0. The gradient is a scan too, backward in time, so only a and h are kept.

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
    """h_{t-1} of every t, from zero."""
    return torch.cat([torch.zeros_like(h[:1]), h[:-1]])


def _in_blocks(a: Tensor, b: Tensor) -> Tensor:
    steps = len(a)
    length = math.isqrt(steps - 1) + 1  # of a block, √T rounded up
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
