"""Implements the long short-term memory, as its equations read.

    i_t = σ(W_xi x_t + b_xi + W_hi h_{t-1} + b_hi)           input gate
    f_t = σ(W_xf x_t + b_xf + W_hf h_{t-1} + b_hf)           forget gate
    g_t = tanh(W_xg x_t + b_xg + W_hg h_{t-1} + b_hg)        cell content
    o_t = σ(W_xo x_t + b_xo + W_ho h_{t-1} + b_ho)           output gate
    c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
    m_t = o_t ⊙ tanh(c_t)
    h_t = m_t                or, projected,  h_t = W_hr m_t

Source: Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000 and without
peepholes (the survey arXiv 1503.04069 describes the variants); the projection is that of Sak et
al., arXiv 1402.1128. Gate order i, f, g, o: `weight_ih` stacks W_xi, W_xf, W_xg, W_xo `[4·H, I]`,
`weight_hh` likewise `[4·H, P]`, the biases `[4·H]` (None for zero), `weight_hr` is W_hr `[P, H]`
(None for P = H, no projection). h is `[B, P]`, c is `[B, H]`. `gated.ops.reference.norm` describes
the effect of `norm` on the products and on tanh(c_t), `gated.ops.reference.extras` the effect of
`extras` on h_{t-1} and c_{t-1}. The backward pass is derived in docs/reference/equations.md.
"""

from gated.arrays import Array
from gated.numeric import namespace, primitives
from gated.ops.reference.extras import NO_EXTRAS, Extras, zoned
from gated.ops.reference.norm import NO_NORM, Norm, normalised, product
from gated.ops.reference.stacked import parts

__all__ = ["advance", "backward", "sequence", "step", "trace"]


def step(
    x: Array,  # [B, I]
    h: Array,  # [B, P]
    c: Array,  # [B, H]
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
    weight_hr: Array | None = None,
    norm: Norm = NO_NORM,
    extras: Extras = NO_EXTRAS,  # of this step
) -> tuple[Array, Array]:
    """Compute one time step: h_t `[B, P]` and c_t `[B, H]` from x_t, h_{t-1} and c_{t-1}."""
    from_x = product(x, weight_ih, bias_ih, norm.gain_ih)
    return advance(from_x, h, c, weight_hh, bias_hh, weight_hr, norm, extras)


def sequence(
    x: Array,  # [T, B, I]
    h: Array,  # [B, P]
    c: Array,  # [B, H]
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None = None,
    bias_hh: Array | None = None,
    weight_hr: Array | None = None,
    norm: Norm = NO_NORM,
    extras: Extras = NO_EXTRAS,
) -> tuple[Array, Array, Array]:
    """Compute every time step: all h_t `[T, B, P]`, the last h and the last c, T ≥ 1."""
    output = []
    sides = product(x, weight_ih, bias_ih, norm.gain_ih)  # the input side of all steps at once
    for t, from_x in enumerate(sides):
        h, c = advance(from_x, h, c, weight_hh, bias_hh, weight_hr, norm, extras.at(t))
        output.append(h)
    return namespace(x).stack(output), h, c


def advance(
    from_x: Array,  # [B, 4·H], the input side of the gates
    h: Array,
    c: Array,
    weight_hh: Array,
    bias_hh: Array | None,
    weight_hr: Array | None,
    norm: Norm,
    extras: Extras,
) -> tuple[Array, Array]:
    """Compute one time step from the input side of its gates."""
    h, c = extras.cleared(h), extras.cleared(c)
    i, f, g, o = _gates(from_x, extras.entering(h), weight_hh, bias_hh, norm)
    c_next = f * c + i * g
    m = o * namespace(c).tanh(normalised(c_next, norm.gain_c, norm.bias_c))
    h_next = m if weight_hr is None else primitives(m).linear(m, weight_hr)
    return zoned(extras.zoneout_h, h, h_next), zoned(extras.zoneout_c, c, c_next)


def _gates(
    from_x: Array,
    h: Array,  # the input of the product
    weight_hh: Array,
    bias_hh: Array | None,
    norm: Norm,
) -> tuple[Array, Array, Array, Array]:
    """Compute i, f, g, o of one step `[B, H]`, or of all steps at once `[T, B, H]`."""
    from_h = product(h, weight_hh, bias_hh, norm.gain_hh)
    i, f, g, o = parts(from_x + from_h, 4)
    sigmoid = primitives(h).sigmoid
    return sigmoid(i), sigmoid(f), namespace(h).tanh(g), sigmoid(o)


def _cells(c: Array, i: Array, f: Array, g: Array, extras: Extras) -> tuple[Array, Array, Array]:
    """Compute c⁻, ĉ and c of every step `[T, B, H]` from the gates, without a product."""
    before, after, kept = [], [], []
    for t in range(len(i)):
        before.append(extras.at(t).cleared(c))
        after.append(f[t] * before[t] + i[t] * g[t])
        c = zoned(extras.at(t).zoneout_c, before[t], after[t])
        kept.append(c)
    stack = namespace(c).stack
    return stack(before), stack(after), stack(kept)


def trace(
    x: Array,  # [T, B, I]
    h: Array,  # [B, P], the initial state
    c: Array,  # [B, H], the initial cell state
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None,
    bias_hh: Array | None,
    output: Array,  # [T, B, P], as `sequence` returned it
    norm: Norm = NO_NORM,
    extras: Extras = NO_EXTRAS,
) -> dict[str, Array]:
    """Return gates and states at every step: i, f, g, o, c `[T, B, H]` and h `[T, B, P]`."""
    entering = extras.entering(extras.cleared(namespace(h).concat([h[None], output[:-1]])))
    from_x = product(x, weight_ih, bias_ih, norm.gain_ih)
    i, f, g, o = _gates(from_x, entering, weight_hh, bias_hh, norm)
    _, _, cells = _cells(c, i, f, g, extras)
    return {"i": i, "f": f, "g": g, "o": o, "c": cells, "h": output}


def backward(
    x: Array,  # [T, B, I]
    h: Array,  # [B, P], the initial state
    c: Array,  # [B, H], the initial cell state
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array | None,
    bias_hh: Array | None,
    weight_hr: Array | None,
    output: Array,  # [T, B, P], as `sequence` returned it
    d_output: Array,  # ∂L/∂output
    d_h_n: Array,  # ∂L/∂h_T through the returned last state
    d_c_n: Array,  # ∂L/∂c_T likewise
    extras: Extras = NO_EXTRAS,
) -> dict[str, Array]:
    """Compute the gradient of a loss L in every argument of `sequence`, by its name.

    Only `output` is kept from the forward pass: it holds every h_{t-1}, so one product computes
    the gates of all steps again; the cell states follow from the gates.
    """
    xp = namespace(x)
    entering = extras.entering(extras.cleared(xp.concat([h[None], output[:-1]])))  # d ⊙ h⁻
    from_x = product(x, weight_ih, bias_ih, None)
    i, f, g, o = _gates(from_x, entering, weight_hh, bias_hh, NO_NORM)
    c_before, c_next, _ = _cells(c, i, f, g, extras)  # c⁻ and ĉ of every t
    squashed = xp.tanh(c_next)
    resets, d, m_h, m_c = extras.filled(output, c_next)

    da = xp.empty_like(from_x)  # ∂L/∂(arguments of i, f, g, o)
    dh_next = xp.empty_like(output)  # ∂L/∂ĥ_t of every t, before zoneout
    dh, dc = d_h_n, d_c_n
    for t in reversed(range(len(x))):
        dh = dh + d_output[t]
        dh_next[t] = dh * (1 - m_h[t])
        dm = dh_next[t] if weight_hr is None else dh_next[t] @ weight_hr
        dc_next = dc * (1 - m_c[t]) + dm * o[t] * (1 - squashed[t] ** 2)  # ∂L/∂ĉ_t
        di = dc_next * g[t] * i[t] * (1 - i[t])
        df = dc_next * c_before[t] * f[t] * (1 - f[t])
        dg = dc_next * i[t] * (1 - g[t] ** 2)
        do = dm * squashed[t] * o[t] * (1 - o[t])
        da[t] = xp.concat([di, df, dg, do], axis=-1)
        dh = dh * m_h[t] + d * (da[t] @ weight_hh)
        dc = dc * m_c[t] + dc_next * f[t]
        dh, dc = (xp.where(resets[t][:, None], 0.0, d_state) for d_state in (dh, dc))

    rows, entered, rows_x, rows_dh, rows_m = (
        part.reshape(-1, part.shape[-1]) for part in (da, entering, x, dh_next, o * squashed)
    )
    gradient = {
        "x": da @ weight_ih,
        "h": dh,
        "c": dc,
        "weight_ih": rows.T @ rows_x,
        "weight_hh": rows.T @ entered,
        "bias_ih": rows.sum(0),
        "bias_hh": rows.sum(0),
    }
    if weight_hr is not None:
        gradient["weight_hr"] = rows_dh.T @ rows_m
    return gradient
