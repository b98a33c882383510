"""The long short-term memory, as its equations read.

    i_t = σ(W_xi x_t + b_xi + W_hi h_{t-1} + b_hi)           input gate
    f_t = σ(W_xf x_t + b_xf + W_hf h_{t-1} + b_hf)           forget gate
    g_t = tanh(W_xg x_t + b_xg + W_hg h_{t-1} + b_hg)        cell content
    o_t = σ(W_xo x_t + b_xo + W_ho h_{t-1} + b_ho)           output gate
    c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
    m_t = o_t ⊙ tanh(c_t)
    h_t = m_t                or, projected,  h_t = W_hr m_t

Source: Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000 and without
peepholes (the survey arXiv 1503.04069 tells the variants apart); the projection is that of Sak
et al., arXiv 1402.1128. Gate order i, f, g, o: `weight_ih` stacks W_xi, W_xf, W_xg, W_xo
`[4·H, I]`, `weight_hh` likewise `[4·H, P]`, the biases `[4·H]` (None for zero), `weight_hr` is
W_hr `[P, H]` (None for P = H, no projection). h is `[B, P]`, c is `[B, H]`.
The backward pass is derived in docs/recurrences.md.
"""

import torch
from torch import Tensor
from torch.nn.functional import linear

__all__ = ["backward", "sequence", "step"]


def step(
    x: Tensor,  # [B, I]
    h: Tensor,  # [B, P]
    c: Tensor,  # [B, H]
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    weight_hr: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """One time step: h_t `[B, P]` and c_t `[B, H]` from x_t, h_{t-1} and c_{t-1}."""
    return _advance(linear(x, weight_ih, bias_ih), h, c, weight_hh, bias_hh, weight_hr)


def sequence(
    x: Tensor,  # [T, B, I]
    h: Tensor,  # [B, P]
    c: Tensor,  # [B, H]
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    weight_hr: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Every time step: all h_t `[T, B, P]`, the last h and the last c, for T of at least 1."""
    output = []
    for from_x in linear(x, weight_ih, bias_ih):  # the input side of all steps in one product
        h, c = _advance(from_x, h, c, weight_hh, bias_hh, weight_hr)
        output.append(h)
    return torch.stack(output), h, c


def _advance(
    from_x: Tensor,  # [B, 4·H], the input side of the gates
    h: Tensor,
    c: Tensor,
    weight_hh: Tensor,
    bias_hh: Tensor | None,
    weight_hr: Tensor | None,
) -> tuple[Tensor, Tensor]:
    i, f, g, o = _gates(from_x, h, weight_hh, bias_hh)
    c = f * c + i * g
    m = o * torch.tanh(c)
    return (m if weight_hr is None else linear(m, weight_hr)), c


def _gates(
    from_x: Tensor, h: Tensor, weight_hh: Tensor, bias_hh: Tensor | None
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """i, f, g, o of one step `[B, H]`, or of all steps at once `[T, B, H]`."""
    i, f, g, o = (from_x + linear(h, weight_hh, bias_hh)).chunk(4, dim=-1)
    return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)


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
) -> dict[str, Tensor]:
    """The gradient of a loss L in every argument of `sequence`, by the argument's name.

    Only `output` is kept from the forward pass: it holds every h_{t-1}, so the gates of all
    steps come back with one product, and the cell states from the gates.
    """
    h_before = torch.cat([h[None], output[:-1]])  # h_{t-1} of every t
    i, f, g, o = _gates(linear(x, weight_ih, bias_ih), h_before, weight_hh, bias_hh)
    cells = [c]  # c_0 … c_T
    for t in range(len(x)):
        cells.append(f[t] * cells[t] + i[t] * g[t])
    squashed = torch.tanh(torch.stack(cells[1:]))  # tanh(c_t) [T, B, H]

    da = x.new_empty(*x.shape[:2], 4 * c.shape[-1])  # ∂L/∂(arguments of i, f, g, o)
    dh_all = torch.empty_like(output)  # ∂L/∂h_t of every t
    dh, dc = d_h_n, d_c_n
    for t in reversed(range(len(x))):
        dh = dh_all[t] = dh + d_output[t]
        dm = dh if weight_hr is None else dh @ weight_hr
        dc = dc + dm * o[t] * (1 - squashed[t] ** 2)
        di = dc * g[t] * i[t] * (1 - i[t])
        df = dc * cells[t] * f[t] * (1 - f[t])
        dg = dc * i[t] * (1 - g[t] ** 2)
        do = dm * squashed[t] * o[t] * (1 - o[t])
        da[t] = torch.cat([di, df, dg, do], dim=-1)
        dh = da[t] @ weight_hh
        dc = dc * f[t]

    rows = da.flatten(0, 1)  # [T·B, 4·H]
    gradient = {
        "x": da @ weight_ih,
        "h": dh,
        "c": dc,
        "weight_ih": rows.T @ x.flatten(0, 1),
        "weight_hh": rows.T @ h_before.flatten(0, 1),
        "bias_ih": rows.sum(0),
        "bias_hh": rows.sum(0),
    }
    if weight_hr is not None:
        gradient["weight_hr"] = dh_all.flatten(0, 1).T @ (o * squashed).flatten(0, 1)
    return gradient
