"""Computes the effect of known covariates on a forecast point: a shift, and a gate towards zero."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["CovariateEffect"]

_EFFECT_SIZE = 32
# Initial logit of the gate towards zero, and its value there.
_ZERO_GATE_LOGIT = -4.0
_GATE_AT_START = 1 / (1 + math.exp(-_ZERO_GATE_LOGIT))


class CovariateEffect(nn.Module):
    """Maps the known covariates of a point to a shift, and a gate that pulls it towards zero.

    All points of all patches share the weights, so that the network learns the effect of a
    promotion or a stock-out from all of them, on any weekday. The gate is for covariate values at
    which the target is nearly always zero; values at which it is always zero are closed steps
    (`Closing`).

    Args:
        covariates: known-future covariates F.
    """

    def __init__(self, covariates: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(2 * covariates + 1, _EFFECT_SIZE)
        self.out = nn.Linear(_EFFECT_SIZE, 2)
        nn.init.zeros_(self.out.weight)
        with torch.no_grad():
            self.out.bias.copy_(torch.tensor([0.0, _ZERO_GATE_LOGIT]))

    def forward(self, future: Tensor, contrast: Tensor, base: Tensor) -> tuple[Tensor, Tensor]:
        """Map future, contrast [..., P, F] and base [..., P] to (shift, gate), both [..., P]."""
        point = torch.cat([future, contrast, base[..., None]], -1)
        shift, gate = self.out(F.silu(self.hidden(point))).unbind(-1)
        # Before training the effect is exactly 0, but the gate has a gradient.
        return shift, torch.sigmoid(gate) - _GATE_AT_START
