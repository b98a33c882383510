"""Implements the minimal GRU and LSTM, as their equations read.

    minGRU     z_t = σ(W_z x_t + b_z)                                  update gate
               n_t = g(W_n x_t + b_n)                                  candidate
               h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t

    minLSTM    f_t = σ(W_f x_t + b_f),  i_t = σ(W_i x_t + b_i)         forget and input gate
               n_t = g(W_n x_t + b_n)                                  candidate
               h_t = f_t/(f_t + i_t) ⊙ h_{t-1} + i_t/(f_t + i_t) ⊙ n_t

    g(u) = u + 1/2 for u ≥ 0, else σ(u)                                always above zero

No gate depends on h_{t-1}. So both have the form h_t = a_t ⊙ h_{t-1} + b_t, where a and b do not
depend on h, and `gated.ops.minimal.scan` computes all t at once. In both, a_t = σ(d_t) and
b_t = σ(−d_t) ⊙ n_t, where d is the argument of z for the minGRU, and log f − log i for the minLSTM,
since f/(f + i) = σ(log f − log i). This form avoids a division by f + i, which may round to zero.

Source: Feng et al. 2024, "Were RNNs All We Needed?", arXiv 2410.01201, in the form of its log-space
code, which has g. In the paper z is the weight of n_t; here z is the weight of h_{t-1}, as in the
GRU: to convert weights, negate W_z and b_z. Gate order z, n and f, i, n: `weight` stacks W_z, W_n
`[2·H, I]`, or W_f, W_i, W_n `[3·H, I]`, `bias` likewise, or None for zero. h is `[B, H]`. The
backward pass is derived in docs/reference/equations.md.
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import linear, logsigmoid

__all__ = ["Kind", "arguments", "backward", "g", "sequence", "shares", "step"]

Kind = Literal["mingru", "minlstm"]


def step(
    kind: Kind,
    x: Tensor,  # [B, I]
    h: Tensor,  # [B, H]
    weight: Tensor,
    bias: Tensor | None = None,
) -> Tensor:
    """Compute one time step: h_t `[B, H]` from x_t `[B, I]` and h_{t-1} `[B, H]`."""
    a, b = shares(arguments(kind, x, weight, bias))
    return a * h + b


def sequence(
    kind: Kind,
    x: Tensor,  # [T, B, I]
    h: Tensor,  # [B, H]
    weight: Tensor,
    bias: Tensor | None = None,
    resets: Tensor | None = None,  # [T, B] bool: h is cleared before this step
) -> tuple[Tensor, Tensor]:
    """Compute the time steps one after the other: all h_t `[T, B, H]` and the last, T ≥ 1."""
    a, b = shares(arguments(kind, x, weight, bias), resets)
    output = []
    for a_t, b_t in zip(a, b, strict=True):
        h = a_t * h + b_t
        output.append(h)
    return torch.stack(output), h


class Arguments(NamedTuple):
    """The arguments of the gates, for one step `[B, H]` or for all steps `[T, B, H]`."""

    d: Tensor  # σ(d) is the weight of h_{t-1}, σ(−d) of the candidate
    u: Tensor  # the candidate is g(u)


def arguments(kind: Kind, x: Tensor, weight: Tensor, bias: Tensor | None) -> Arguments:
    """Compute d and u from x `[…, I]`."""
    if kind == "mingru":
        return Arguments(*linear(x, weight, bias).chunk(2, dim=-1))
    k_f, k_i, u = linear(x, weight, bias).chunk(3, dim=-1)
    return Arguments(logsigmoid(k_f) - logsigmoid(k_i), u)


def shares(of: Arguments, resets: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Compute a_t, the weight of h_{t-1}, and b_t, the added term; a reset sets a_t to zero."""
    a, b = torch.sigmoid(of.d), torch.sigmoid(-of.d) * g(of.u)
    return (a if resets is None else a.masked_fill(resets[..., None], 0.0)), b


def g(u: Tensor) -> Tensor:
    """Compute u + 1/2 for u ≥ 0, else σ(u), which is positive for every u."""
    return torch.where(u >= 0, u + 0.5, torch.sigmoid(u))


def backward(
    kind: Kind,
    x: Tensor,  # [T, B, I]
    h: Tensor,  # [B, H], the initial state
    weight: Tensor,
    bias: Tensor | None,
    resets: Tensor | None,
    output: Tensor,  # [T, B, H], as `sequence` returned it
    d_output: Tensor,  # ∂L/∂output
    d_h_n: Tensor,  # ∂L/∂h_T through the returned last state
) -> dict[str, Tensor]:
    """Compute the gradient of a loss L in every argument of `sequence`, by its name."""
    of = arguments(kind, x, weight, bias)
    a, _ = shares(of, resets)
    keep, n = torch.sigmoid(of.d), g(of.u)
    db = torch.empty_like(output)  # ∂L/∂h_t of every t, which is also ∂L/∂b_t
    dh = d_h_n
    for t in reversed(range(len(x))):
        db[t] = dh + d_output[t]
        dh = db[t] * a[t]

    h_before = torch.cat([h[None], output[:-1]])
    if resets is not None:
        h_before = h_before.masked_fill(resets[..., None], 0.0)
    dd = db * (h_before - n) * keep * (1 - keep)
    du = db * (1 - keep) * torch.where(of.u >= 0, torch.ones_like(n), n * (1 - n))
    if kind == "mingru":
        da = torch.cat([dd, du], dim=-1)  # ∂L/∂(arguments of the gates)
    else:
        f, i = torch.sigmoid(linear(x, weight, bias)).chunk(3, dim=-1)[:2]
        da = torch.cat([dd * (1 - f), -dd * (1 - i), du], dim=-1)
    rows = da.flatten(0, 1)
    return {
        "x": da @ weight,
        "h": dh,
        "weight": rows.T @ x.flatten(0, 1),
        "bias": rows.sum(0),
    }
