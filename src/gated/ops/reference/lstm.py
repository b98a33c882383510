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

import torch
from torch import Tensor
from torch.nn.functional import linear

from gated.ops.reference.extras import NO_EXTRAS, Extras, zoned
from gated.ops.reference.norm import NO_NORM, Norm, normalised, product

__all__ = ["backward", "sequence", "step", "trace"]


def step(
    x: Tensor,  # [B, I]
    h: Tensor,  # [B, P]
    c: Tensor,  # [B, H]
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    weight_hr: Tensor | None = None,
    norm: Norm = NO_NORM,
    extras: Extras = NO_EXTRAS,  # of this step
) -> tuple[Tensor, Tensor]:
    """Compute one time step: h_t `[B, P]` and c_t `[B, H]` from x_t, h_{t-1} and c_{t-1}."""
    from_x = product(x, weight_ih, bias_ih, norm.gain_ih)
    return _advance(from_x, h, c, weight_hh, bias_hh, weight_hr, norm, extras)


def sequence(
    x: Tensor,  # [T, B, I]
    h: Tensor,  # [B, P]
    c: Tensor,  # [B, H]
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    weight_hr: Tensor | None = None,
    norm: Norm = NO_NORM,
    extras: Extras = NO_EXTRAS,
) -> tuple[Tensor, Tensor, Tensor]:
    """Compute every time step: all h_t `[T, B, P]`, the last h and the last c, T ≥ 1."""
    output = []
    sides = product(x, weight_ih, bias_ih, norm.gain_ih)  # the input side of all steps at once
    for t, from_x in enumerate(sides):
        h, c = _advance(from_x, h, c, weight_hh, bias_hh, weight_hr, norm, extras.at(t))
        output.append(h)
    return torch.stack(output), h, c


def _advance(
    from_x: Tensor,  # [B, 4·H], the input side of the gates
    h: Tensor,
    c: Tensor,
    weight_hh: Tensor,
    bias_hh: Tensor | None,
    weight_hr: Tensor | None,
    norm: Norm,
    extras: Extras,
) -> tuple[Tensor, Tensor]:
    h, c = extras.cleared(h), extras.cleared(c)
    i, f, g, o = _gates(from_x, extras.entering(h), weight_hh, bias_hh, norm)
    c_next = f * c + i * g
    m = o * torch.tanh(normalised(c_next, norm.gain_c, norm.bias_c))
    h_next = m if weight_hr is None else linear(m, weight_hr)
    return zoned(extras.zoneout_h, h, h_next), zoned(extras.zoneout_c, c, c_next)


def _gates(
    from_x: Tensor,
    h: Tensor,  # the input of the product
    weight_hh: Tensor,
    bias_hh: Tensor | None,
    norm: Norm,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Compute i, f, g, o of one step `[B, H]`, or of all steps at once `[T, B, H]`."""
    from_h = product(h, weight_hh, bias_hh, norm.gain_hh)
    i, f, g, o = (from_x + from_h).chunk(4, dim=-1)
    return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)


def _cells(
    c: Tensor, i: Tensor, f: Tensor, g: Tensor, extras: Extras
) -> tuple[Tensor, Tensor, Tensor]:
    """Compute c⁻, ĉ and c of every step `[T, B, H]` from the gates, without a product."""
    before, after, kept = [], [], []
    for t in range(len(i)):
        before.append(extras.at(t).cleared(c))
        after.append(f[t] * before[t] + i[t] * g[t])
        c = zoned(extras.at(t).zoneout_c, before[t], after[t])
        kept.append(c)
    return torch.stack(before), torch.stack(after), torch.stack(kept)


def trace(
    x: Tensor,  # [T, B, I]
    h: Tensor,  # [B, P], the initial state
    c: Tensor,  # [B, H], the initial cell state
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None,
    bias_hh: Tensor | None,
    output: Tensor,  # [T, B, P], as `sequence` returned it
    norm: Norm = NO_NORM,
    extras: Extras = NO_EXTRAS,
) -> dict[str, Tensor]:
    """Return gates and states at every step: i, f, g, o, c `[T, B, H]` and h `[T, B, P]`."""
    entering = extras.entering(extras.cleared(torch.cat([h[None], output[:-1]])))
    from_x = product(x, weight_ih, bias_ih, norm.gain_ih)
    i, f, g, o = _gates(from_x, entering, weight_hh, bias_hh, norm)
    _, _, cells = _cells(c, i, f, g, extras)
    return {"i": i, "f": f, "g": g, "o": o, "c": cells, "h": output}


def backward(
    x: Tensor,  # [T, B, I]
    h: Tensor,  # [B, P], the initial state
    c: Tensor,  # [B, H], the initial cell state
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None,
    bias_hh: Tensor | None,
    weight_hr: Tensor | None,
    output: Tensor,  # [T, B, P], as `sequence` returned it
    d_output: Tensor,  # ∂L/∂output
    d_h_n: Tensor,  # ∂L/∂h_T through the returned last state
    d_c_n: Tensor,  # ∂L/∂c_T likewise
    extras: Extras = NO_EXTRAS,
) -> dict[str, Tensor]:
    """Compute the gradient of a loss L in every argument of `sequence`, by its name.

    Only `output` is kept from the forward pass: it holds every h_{t-1}, so one product computes
    the gates of all steps again; the cell states follow from the gates.
    """
    entering = extras.entering(extras.cleared(torch.cat([h[None], output[:-1]])))  # d ⊙ h⁻
    i, f, g, o = _gates(linear(x, weight_ih, bias_ih), entering, weight_hh, bias_hh, NO_NORM)
    c_before, c_next, _ = _cells(c, i, f, g, extras)  # c⁻ and ĉ of every t
    squashed = torch.tanh(c_next)
    resets, d, m_h, m_c = extras.filled(output, c_next)

    da = x.new_empty(*x.shape[:2], 4 * c.shape[-1])  # ∂L/∂(arguments of i, f, g, o)
    dh_next = torch.empty_like(output)  # ∂L/∂ĥ_t of every t, before zoneout
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
        da[t] = torch.cat([di, df, dg, do], dim=-1)
        dh = dh * m_h[t] + d * (da[t] @ weight_hh)
        dc = dc * m_c[t] + dc_next * f[t]
        dh, dc = (s.masked_fill(resets[t][:, None], 0.0) for s in (dh, dc))

    rows = da.flatten(0, 1)  # [T·B, 4·H]
    gradient = {
        "x": da @ weight_ih,
        "h": dh,
        "c": dc,
        "weight_ih": rows.T @ x.flatten(0, 1),
        "weight_hh": rows.T @ entering.flatten(0, 1),
        "bias_ih": rows.sum(0),
        "bias_hh": rows.sum(0),
    }
    if weight_hr is not None:
        gradient["weight_hr"] = dh_next.flatten(0, 1).T @ (o * squashed).flatten(0, 1)
    return gradient
