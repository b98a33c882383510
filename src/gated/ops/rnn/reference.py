"""The simple recurrent network of Elman, as its equation reads.

    h_t = tanh(W_x x_t + b_x + W_h h_{t-1} + b_h)            (or relu)

Source: Elman 1990, "Finding structure in time", Cognitive Science 14(2). No gates: `weight_ih`
is W_x `[H, I]`, `weight_hh` is W_h `[H, H]`, the biases are b_x and b_h `[H]`, or None for zero.
The backward pass is derived in docs/recurrences.md.
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import linear

__all__ = ["backward", "sequence", "step"]

Nonlinearity = Literal["tanh", "relu"]
_ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu}


def step(
    x: Tensor,  # [B, I]
    h: Tensor,  # [B, H]
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    nonlinearity: Nonlinearity = "tanh",
) -> Tensor:
    """One time step: h_t `[B, H]` from x_t `[B, I]` and h_{t-1} `[B, H]`."""
    return _advance(linear(x, weight_ih, bias_ih), h, weight_hh, bias_hh, nonlinearity)


def sequence(
    x: Tensor,  # [T, B, I]
    h: Tensor,  # [B, H]
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    nonlinearity: Nonlinearity = "tanh",
) -> tuple[Tensor, Tensor]:
    """Every time step: all h_t `[T, B, H]` and the last one `[B, H]`, for T of at least 1."""
    output = []
    for from_x in linear(x, weight_ih, bias_ih):  # the input side of all steps in one product
        h = _advance(from_x, h, weight_hh, bias_hh, nonlinearity)
        output.append(h)
    return torch.stack(output), h


def _advance(
    from_x: Tensor, h: Tensor, weight_hh: Tensor, bias_hh: Tensor | None, nonlinearity: Nonlinearity
) -> Tensor:
    return _ACTIVATIONS[nonlinearity](from_x + linear(h, weight_hh, bias_hh))


def backward(
    x: Tensor,  # [T, B, I]
    h: Tensor,  # [B, H], the initial state
    weight_ih: Tensor,
    weight_hh: Tensor,
    output: Tensor,  # [T, B, H], as `sequence` returned it
    d_output: Tensor,  # ∂L/∂output
    d_h_n: Tensor,  # ∂L/∂h_T through the returned last state
    nonlinearity: Nonlinearity = "tanh",
) -> dict[str, Tensor]:
    """The gradient of a loss L in every argument of `sequence`, by the argument's name.

    The slope of the nonlinearity follows from its value, so `output` is all that is kept.
    """
    slope = 1 - output**2 if nonlinearity == "tanh" else (output > 0).to(output.dtype)
    da = torch.empty_like(output)  # ∂L/∂a_t, a_t the argument of the nonlinearity
    dh = d_h_n
    for t in reversed(range(len(x))):
        dh = dh + d_output[t]
        da[t] = dh * slope[t]
        dh = da[t] @ weight_hh

    h_before = torch.cat([h[None], output[:-1]])  # h_{t-1} of every t
    rows = da.flatten(0, 1)  # [T·B, H]
    return {
        "x": da @ weight_ih,
        "h": dh,
        "weight_ih": rows.T @ x.flatten(0, 1),
        "weight_hh": rows.T @ h_before.flatten(0, 1),
        "bias_ih": rows.sum(0),
        "bias_hh": rows.sum(0),
    }
