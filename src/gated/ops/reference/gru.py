"""Implements the gated recurrent unit, as its equations read.

    r_t = σ(W_xr x_t + b_xr + W_hr h_{t-1} + b_hr)             reset gate
    z_t = σ(W_xz x_t + b_xz + W_hz h_{t-1} + b_hz)             update gate
    n_t = tanh(W_xn x_t + b_xn + r_t ⊙ (W_hn h_{t-1} + b_hn))  current memory content (candidate)
    h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t                      final memory

That is `reset="after"`, the reset gate after the recurrent product: Cho et al. 2014, arXiv
1406.1078 v1, and cuDNN. With `reset="before"`, as in v3 of the same paper,

    n_t = tanh(W_xn x_t + b_xn + W_hn (r_t ⊙ h_{t-1}) + b_hn)

The two are different models: weights of one variant are not valid for the other. Gate order r, z,
n: `weight_ih` stacks W_xr, W_xz, W_xn `[3·H, I]`, `weight_hh` likewise `[3·H, H]`, the biases
`[3·H]`, or None for zero. `gated.ops.reference.norm` describes the effect of `norm` on the
products, `gated.ops.reference.extras` the effect of `extras` on h_{t-1}. The backward pass is
derived in docs/reference/equations.md.
"""

from typing import Literal, NamedTuple

from gated.arrays import Array
from gated.numeric import namespace, primitives
from gated.ops.reference.extras import NO_EXTRAS, Extras, zoned
from gated.ops.reference.norm import NO_NORM, Norm, product
from gated.ops.reference.stacked import parts

__all__ = ["advance", "backward", "sequence", "step", "trace"]

Reset = Literal["after", "before"]


def step(
    x: Array,  # [B, I]
    h: Array,  # [B, H]
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
    reset: Reset = "after",
    norm: Norm = NO_NORM,
    extras: Extras = NO_EXTRAS,  # of this step
) -> Array:
    """Compute one time step: h_t `[B, H]` from x_t `[B, I]` and h_{t-1} `[B, H]`."""
    from_x = product(x, weight_ih, bias_ih, norm.gain_ih)
    return advance(from_x, h, weight_hh, bias_hh, reset, norm, extras)


def sequence(
    x: Array,  # [T, B, I]
    h: Array,  # [B, H]
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
    reset: Reset = "after",
    norm: Norm = NO_NORM,
    extras: Extras = NO_EXTRAS,
) -> tuple[Array, Array]:
    """Compute every time step: all h_t `[T, B, H]` and the last one `[B, H]`, T ≥ 1."""
    output = []
    sides = product(x, weight_ih, bias_ih, norm.gain_ih)  # the input side of all steps at once
    for t, from_x in enumerate(sides):
        h = advance(from_x, h, weight_hh, bias_hh, reset, norm, extras.at(t))
        output.append(h)
    return namespace(x).stack(output), h


class _Gates(NamedTuple):
    r: Array
    z: Array
    n: Array
    a_n: Array  # the recurrent term of the candidate, before r multiplies it (reset="after")


def advance(
    from_x: Array,
    h: Array,
    weight_hh: Array,
    bias_hh: Array | None,
    reset: Reset,
    norm: Norm,
    extras: Extras,
) -> Array:
    """Compute one time step from the input side of its gates `[B, 3·H]`."""
    h = extras.cleared(h)
    _, z, n, _ = _gates(from_x, extras.entering(h), weight_hh, bias_hh, reset, norm)
    return zoned(extras.zoneout_h, h, z * h + (1 - z) * n)


def _gates(
    from_x: Array,
    h: Array,  # the input of the products
    weight_hh: Array,
    bias_hh: Array | None,
    reset: Reset,
    norm: Norm,
) -> _Gates:
    """Compute the gates of one step `[B, H]`, or of all steps at once `[T, B, H]`."""
    xp, sigmoid = namespace(h), primitives(h).sigmoid
    x_r, x_z, x_n = parts(from_x, 3)
    if reset == "after":
        h_r, h_z, a_n = parts(product(h, weight_hh, bias_hh, norm.gain_hh), 3)
        r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
        return _Gates(r, z, xp.tanh(x_n + r * a_n), a_n)
    first = 2 * h.shape[-1]
    of_rz, of_n = (
        [None if each is None else each[rows] for each in (weight_hh, bias_hh, norm.gain_hh)]
        for rows in (slice(first), slice(first, None))
    )
    h_r, h_z = parts(product(h, *of_rz), 2)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    a_n = product(r * h, *of_n)
    return _Gates(r, z, xp.tanh(x_n + a_n), a_n)


def trace(
    x: Array,  # [T, B, I]
    h: Array,  # [B, H], the initial state
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None,
    bias_hh: Array | None,
    output: Array,  # [T, B, H], as `sequence` returned it
    reset: Reset = "after",
    norm: Norm = NO_NORM,
    extras: Extras = NO_EXTRAS,
) -> dict[str, Array]:
    """Return the gates and the state at every step: r, z, n and h, each `[T, B, H]`."""
    entering = extras.entering(extras.cleared(namespace(h).concat([h[None], output[:-1]])))
    from_x = product(x, weight_ih, bias_ih, norm.gain_ih)
    r, z, n, _ = _gates(from_x, entering, weight_hh, bias_hh, reset, norm)
    return {"r": r, "z": z, "n": n, "h": output}


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
    reset: Reset = "after",
    extras: Extras = NO_EXTRAS,
) -> dict[str, Array]:
    """Compute the gradient of a loss L in every argument of `sequence`, by its name.

    Only `output` is kept from the forward pass: it holds every h_{t-1}, so one product computes
    the gates of all steps again.
    """
    h_before = extras.cleared(namespace(h).concat([h[None], output[:-1]]))  # h⁻ of every t
    entering = extras.entering(h_before)
    from_x = product(x, weight_ih, bias_ih, None)
    r, z, n, a_n = _gates(from_x, entering, weight_hh, bias_hh, reset, NO_NORM)
    resets, d, m, _ = extras.filled(output, output)
    H = h.shape[-1]
    W_hrz, W_hn = weight_hh[: 2 * H], weight_hh[2 * H :]

    xp = namespace(x)
    da_x = xp.empty_like(from_x)  # ∂L/∂(input side of the arguments of r, z, n)
    da_h = xp.empty_like(from_x)  # ∂L/∂(recurrent side of them)
    dh = d_h_n
    for t in reversed(range(len(x))):
        dh = dh + d_output[t]
        d_next = dh * (1 - m[t])  # ∂L/∂ĥ_t, before zoneout
        dn = d_next * (1 - z[t]) * (1 - n[t] ** 2)
        dz = d_next * (h_before[t] - n[t]) * z[t] * (1 - z[t])
        if reset == "after":
            dr = dn * a_n[t] * r[t] * (1 - r[t])
            da_x[t] = xp.concat([dr, dz, dn], axis=-1)
            da_h[t] = xp.concat([dr, dz, dn * r[t]], axis=-1)
            d_entering = da_h[t] @ weight_hh  # ∂L/∂(d ⊙ h⁻)
        else:
            d_kept = dn @ W_hn  # ∂L/∂(r_t ⊙ d ⊙ h⁻)
            dr = d_kept * entering[t] * r[t] * (1 - r[t])
            da_x[t] = da_h[t] = xp.concat([dr, dz, dn], axis=-1)
            d_entering = d_kept * r[t] + xp.concat([dr, dz], axis=-1) @ W_hrz
        dh = dh * m[t] + d_next * z[t] + d * d_entering
        dh = xp.where(resets[t][:, None], 0.0, dh)

    rows_x, rows_h, entered, rows_r = (
        part.reshape(-1, part.shape[-1]) for part in (da_x, da_h, entering, r)
    )
    d_weight_hh = rows_h.T @ entered
    if reset == "before":  # W_hn multiplies r_t ⊙ d ⊙ h⁻, not d ⊙ h⁻
        d_weight_hh[-H:] = rows_h[:, -H:].T @ (rows_r * entered)
    return {
        "x": da_x @ weight_ih,
        "h": dh,
        "weight_ih": rows_x.T @ x.reshape(-1, x.shape[-1]),
        "weight_hh": d_weight_hh,
        "bias_ih": rows_x.sum(0),
        "bias_hh": rows_h.sum(0),
    }
