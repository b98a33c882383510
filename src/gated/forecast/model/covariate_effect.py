"""Computes the effect of known covariates on a forecast point: a shift, and a gate towards zero.

All points of all patches share the weights, so that the network learns the effect of a promotion or
a stock-out from all of them, on any weekday. The gate is for covariate values at which the target
is nearly always zero; values at which it is always zero are closed steps (`Closing`).
"""

import math

from gated.arrays import Array
from gated.numeric import Parameters, namespace, primitives

__all__ = ["EFFECT_SIZE", "ZERO_GATE_LOGIT", "covariate_effect"]

EFFECT_SIZE = 32
ZERO_GATE_LOGIT = -4.0
"""The initial logit of the gate towards zero."""
_GATE_AT_START = 1 / (1 + math.exp(-ZERO_GATE_LOGIT))


def covariate_effect(
    weights: Parameters, future: Array, contrast: Array, base: Array
) -> tuple[Array, Array]:
    """Map future, contrast [..., P, F] and base [..., P] to (shift, gate), both [..., P].

    Args:
        weights: of the layers `hidden` and `out`.
        future: the known covariates of the point.
        contrast: the same, minus the weighted mean of those of the references.
        base: the weighted mean of the references.
    """
    fast = primitives(base)
    point = namespace(base).concat([future, contrast, base[..., None]], axis=-1)
    out = weights.linear("out", weights.silu(weights.linear("hidden", point)))
    # Before training the effect is exactly 0, but the gate has a gradient.
    return out[..., 0], fast.sigmoid(out[..., 1]) - _GATE_AT_START
