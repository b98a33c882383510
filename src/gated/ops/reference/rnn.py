"""Implements the simple recurrent network of Elman, as its equation reads.

    h_t = tanh(W_x x_t + b_x + W_h h_{t-1} + b_h)            (or relu)

Source: Elman 1990, "Finding structure in time", Cognitive Science 14(2). No gates: `weight_ih`
is W_x `[H, I]`, `weight_hh` is W_h `[H, H]`, the biases are b_x and b_h `[H]`, or None for zero.
`gated.ops.reference.extras` describes the effect of `extras` on h_{t-1}. The backward pass is
derived in docs/reference/equations.md.
"""

from typing import Literal

from gated.arrays import Array
from gated.numeric import namespace, primitives
from gated.ops.reference.extras import NO_EXTRAS, Extras, zoned

__all__ = ["advance", "backward", "sequence", "step", "trace"]

Nonlinearity = Literal["tanh", "relu"]


def step(
    x: Array,  # [B, I]
    h: Array,  # [B, H]
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
    nonlinearity: Nonlinearity = "tanh",
    extras: Extras = NO_EXTRAS,  # of this step
) -> Array:
    """Compute one time step: h_t `[B, H]` from x_t `[B, I]` and h_{t-1} `[B, H]`."""
    from_x = primitives(x).linear(x, weight_ih, bias_ih)
    return advance(from_x, h, weight_hh, bias_hh, nonlinearity, extras)


def sequence(
    x: Array,  # [T, B, I]
    h: Array,  # [B, H]
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
    nonlinearity: Nonlinearity = "tanh",
    extras: Extras = NO_EXTRAS,
) -> tuple[Array, Array]:
    """Compute every time step: all h_t `[T, B, H]` and the last one `[B, H]`, T ≥ 1."""
    output = []
    sides = primitives(x).linear(x, weight_ih, bias_ih)  # the input side of all steps at once
    for t, from_x in enumerate(sides):
        h = advance(from_x, h, weight_hh, bias_hh, nonlinearity, extras.at(t))
        output.append(h)
    return namespace(x).stack(output), h


def advance(
    from_x: Array,
    h: Array,
    weight_hh: Array,
    bias_hh: Array | None,
    nonlinearity: Nonlinearity,
    extras: Extras,
) -> Array:
    """Compute one time step from its input side W_x x_t + b_x."""
    h = extras.cleared(h)
    a = from_x + primitives(h).linear(extras.entering(h), weight_hh, bias_hh)
    return zoned(extras.zoneout_h, h, _activation(a, nonlinearity))


def _activation(a: Array, nonlinearity: Nonlinearity) -> Array:
    return namespace(a).tanh(a) if nonlinearity == "tanh" else primitives(a).relu(a)


def trace(output: Array) -> dict[str, Array]:
    """Return the state of every step by name: only h, since the network has no gates."""
    return {"h": output}


def backward(
    x: Array,  # [T, B, I]
    h: Array,  # [B, H], the initial state
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None,
    bias_hh: Array | None,
    output: Array,  # [T, B, H], as `sequence` returned it
    d_output: Array,  # ∂L/∂output
    d_h_n: Array,  # ∂L/∂h_T through the returned last state
    nonlinearity: Nonlinearity = "tanh",
    extras: Extras = NO_EXTRAS,
) -> dict[str, Array]:
    """Compute the gradient of a loss L in every argument of `sequence`, by its name.

    The derivative of the nonlinearity follows from its value, so only `output` is kept. With
    zoneout, `output` is a mixture with the previous state, and one product computes the value
    again.
    """
    xp, linear = namespace(x), primitives(x).linear
    h_before = extras.cleared(xp.concat([h[None], output[:-1]]))  # h⁻ of every t
    entering = extras.entering(h_before)
    value = output
    if extras.zoneout_h is not None:
        a = linear(x, weight_ih, bias_ih) + linear(entering, weight_hh, bias_hh)
        value = _activation(a, nonlinearity)
    slope = 1 - value**2 if nonlinearity == "tanh" else xp.astype(value > 0, value.dtype)

    resets, d, m, _ = extras.filled(output, output)
    da = xp.empty_like(output)  # ∂L/∂a_t, a_t the argument of the nonlinearity
    dh = d_h_n
    for t in reversed(range(len(x))):
        dh = dh + d_output[t]
        da[t] = dh * (1 - m[t]) * slope[t]
        dh = dh * m[t] + d * (da[t] @ weight_hh)
        dh = xp.where(resets[t][:, None], 0.0, dh)

    rows, entered = da.reshape(-1, da.shape[-1]), entering.reshape(-1, h.shape[-1])  # [T·B, H]
    return {
        "x": da @ weight_ih,
        "h": dh,
        "weight_ih": rows.T @ x.reshape(-1, x.shape[-1]),
        "weight_hh": rows.T @ entered,
        "bias_ih": rows.sum(0),
        "bias_hh": rows.sum(0),
    }
