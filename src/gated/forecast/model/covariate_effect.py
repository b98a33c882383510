"""The effect of known covariates on a point of the forecast: a shift, and a gate to zero."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["CovariateEffect"]

_EFFECT_SIZE = 32
# Where the gate to zero starts, and how far open it is there.
_ZERO_GATE_LOGIT = -4.0
_GATE_AT_START = 1 / (1 + math.exp(-_ZERO_GATE_LOGIT))


class CovariateEffect(nn.Module):
    """What a known covariate does to a point: a shift, and a gate that pulls to zero.

    Shared by all points of all patches, so that a promotion or a stock-out is learned from every
    one there was, whatever its weekday. The gate is for values that nearly always mean zero; those
    that always do are settled before (`Closing`).

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
        """future, contrast [..., P, F] and base [..., P] to (shift, gate), both [..., P]."""
        point = torch.cat([future, contrast, base[..., None]], -1)
        shift, gate = self.out(F.silu(self.hidden(point))).unbind(-1)
        # Nothing at all before anything is learned, though the gate can open from there.
        return shift, torch.sigmoid(gate) - _GATE_AT_START
