"""Implements layer normalisation inside a recurrence.

    LN(a; γ) = γ ⊙ (a − mean(a)) / sqrt(var(a) + 1e-5)      mean and variance over the features

Every matrix product of a step is normalised over all its features, and then the bias is added: the
existing bias serves as the shift of layer normalisation. The LSTM also normalises c before its
tanh:

    LN(W_x x_t; γ_x) + b_x      LN(W_h h_{t-1}; γ_h) + b_h      h_t = o_t ⊙ tanh(LN(c_t; γ_c) + b_c)

Source: Ba, Kiros and Hinton 2016, arXiv 1607.06450, equations 20 to 22 for the LSTM. Their GRU
normalises the rows of r and z separately from the rows of n. Here, as in the library haste,
`reset="after"` has one product and one normalisation; `reset="before"` has two products, one for r
and z and one for n, and two normalisations.
"""

from typing import NamedTuple

from torch import Tensor
from torch.nn.functional import layer_norm, linear

__all__ = ["NO_NORM", "Norm", "normalised", "product"]


class Norm(NamedTuple):
    """The gains of one layer in one direction; all None where nothing is normalised."""

    gain_ih: Tensor | None = None  # γ_x [G·H]
    gain_hh: Tensor | None = None  # γ_h [G·H]
    gain_c: Tensor | None = None  # γ_c [H], of the LSTM
    bias_c: Tensor | None = None  # b_c [H], of the LSTM; None for zero


NO_NORM = Norm()


def product(x: Tensor, weight: Tensor, bias: Tensor | None, gain: Tensor | None) -> Tensor:
    """Compute W x + b, or LN(W x; γ) + b with a gain: `[…, rows of W]` from `[…, columns]`."""
    if gain is None:
        return linear(x, weight, bias)
    return normalised(linear(x, weight), gain, bias)


def normalised(values: Tensor, gain: Tensor | None, bias: Tensor | None) -> Tensor:
    """Compute LN(values; γ) + b over the last axis; without a gain return the values."""
    return values if gain is None else layer_norm(values, gain.shape, gain, bias)
