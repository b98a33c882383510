"""Implements the simple recurrent network of Elman, as its equation reads.

    h_t = tanh(W_x x_t + b_x + W_h h_{t-1} + b_h)            (or relu)

Source: Elman 1990, "Finding structure in time", Cognitive Science 14(2). No gates: `weight_ih`
is W_x `[H, I]`, `weight_hh` is W_h `[H, H]`, the biases are b_x and b_h `[H]`, or None for zero.
`gated.ops.reference.extras` describes the effect of `extras` on h_{t-1}. The backward pass is
derived in docs/reference/equations.md.
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import linear

from gated.ops.reference.extras import NO_EXTRAS, Extras, zoned

__all__ = ["backward", "sequence", "step", "trace"]

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
    extras: Extras = NO_EXTRAS,  # of this step
) -> Tensor:
    """Compute one time step: h_t `[B, H]` from x_t `[B, I]` and h_{t-1} `[B, H]`."""
    return _advance(linear(x, weight_ih, bias_ih), h, weight_hh, bias_hh, nonlinearity, extras)


def sequence(
    x: Tensor,  # [T, B, I]
    h: Tensor,  # [B, H]
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    nonlinearity: Nonlinearity = "tanh",
    extras: Extras = NO_EXTRAS,
) -> tuple[Tensor, Tensor]:
    """Compute every time step: all h_t `[T, B, H]` and the last one `[B, H]`, T ≥ 1."""
    output = []
    sides = linear(x, weight_ih, bias_ih)  # the input side of all steps in one product
    for t, from_x in enumerate(sides):
        h = _advance(from_x, h, weight_hh, bias_hh, nonlinearity, extras.at(t))
        output.append(h)
    return torch.stack(output), h


def _advance(
    from_x: Tensor,
    h: Tensor,
    weight_hh: Tensor,
    bias_hh: Tensor | None,
    nonlinearity: Nonlinearity,
    extras: Extras,
) -> Tensor:
    h = extras.cleared(h)
    a = from_x + linear(extras.entering(h), weight_hh, bias_hh)
    after: Tensor = zoned(extras.zoneout_h, h, _ACTIVATIONS[nonlinearity](a))
    return after


def trace(output: Tensor) -> dict[str, Tensor]:
    """Return the state of every step by name: only h, since the network has no gates."""
    return {"h": output}


def backward(
    x: Tensor,  # [T, B, I]
    h: Tensor,  # [B, H], the initial state
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None,
    bias_hh: Tensor | None,
    output: Tensor,  # [T, B, H], as `sequence` returned it
    d_output: Tensor,  # ∂L/∂output
    d_h_n: Tensor,  # ∂L/∂h_T through the returned last state
    nonlinearity: Nonlinearity = "tanh",
    extras: Extras = NO_EXTRAS,
) -> dict[str, Tensor]:
    """Compute the gradient of a loss L in every argument of `sequence`, by its name.

    The derivative of the nonlinearity follows from its value, so only `output` is kept. With
    zoneout, `output` is a mixture with the previous state, and one product computes the value
    again.
    """
    h_before = extras.cleared(torch.cat([h[None], output[:-1]]))  # h⁻ of every t
    entering = extras.entering(h_before)
    value = output
    if extras.zoneout_h is not None:
        a = linear(x, weight_ih, bias_ih) + linear(entering, weight_hh, bias_hh)
        value = _ACTIVATIONS[nonlinearity](a)
    slope = 1 - value**2 if nonlinearity == "tanh" else (value > 0).to(value.dtype)

    resets, d, m, _ = extras.filled(output, output)
    da = torch.empty_like(output)  # ∂L/∂a_t, a_t the argument of the nonlinearity
    dh = d_h_n
    for t in reversed(range(len(x))):
        dh = dh + d_output[t]
        da[t] = dh * (1 - m[t]) * slope[t]
        dh = dh * m[t] + d * (da[t] @ weight_hh)
        dh = dh.masked_fill(resets[t][:, None], 0.0)

    rows = da.flatten(0, 1)  # [T·B, H]
    return {
        "x": da @ weight_ih,
        "h": dh,
        "weight_ih": rows.T @ x.flatten(0, 1),
        "weight_hh": rows.T @ entering.flatten(0, 1),
        "bias_ih": rows.sum(0),
        "bias_hh": rows.sum(0),
    }
