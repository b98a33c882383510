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

from gated.arrays import Array
from gated.numeric import primitives

__all__ = ["NO_NORM", "Norm", "normalised", "product"]

_EPSILON = 1e-5


class Norm(NamedTuple):
    """The gains of one layer in one direction; all None where nothing is normalised."""

    gain_ih: Array | None = None  # γ_x [G·H]
    gain_hh: Array | None = None  # γ_h [G·H]
    gain_c: Array | None = None  # γ_c [H], of the LSTM
    bias_c: Array | None = None  # b_c [H], of the LSTM; None for zero


NO_NORM = Norm()


def product(x: Array, weight: Array, bias: Array | None, gain: Array | None) -> Array:
    """Compute W x + b, or LN(W x; γ) + b with a gain: `[…, rows of W]` from `[…, columns]`."""
    if gain is None:
        return primitives(x).linear(x, weight, bias)
    return normalised(primitives(x).linear(x, weight), gain, bias)


def normalised(values: Array, gain: Array | None, bias: Array | None) -> Array:
    """Compute LN(values; γ) + b over the last axis; without a gain return the values."""
    return values if gain is None else primitives(values).layer_norm(values, gain, bias, _EPSILON)
