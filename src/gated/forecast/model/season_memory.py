"""Defines the season memory: a forecast as a weighted mean of past values, plus a correction.

For every step to forecast, a small network reads the references (`season_references`), the state of
the recurrence and the position in the season. It computes a weight for each reference (softmax) and
a correction of their weighted mean. All steps of all series share its weights. The weights explain
the forecast by construction.

Past seasons are shifted towards the current level, by a share that depends on the state. The
weight of a reference is smaller if its known covariates differ from those of the step to forecast.
"""

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gated.forecast.data.patching import RECENT, PatchLayout
from gated.forecast.data.windows import Window
from gated.forecast.model.season_grid import GRID, from_grid
from gated.forecast.model.season_references import (
    LONG,
    LONG_WAYS,
    PLAIN,
    RECENT_WAYS,
    REFERENCES,
    Long,
    Recent,
    Reference,
    drifts,
    long,
    recent,
)
from gated.forecast.model.window_scaler import WindowHistory, WindowScaler

__all__ = ["MemoryWeights", "SeasonMemory"]

_WIDTH = 96
_PROFILES = 4
_PLACE = 3
# Initial logits: larger for newer seasons, small for the plain references.
_NEWEST_LOGIT, _LOGIT_PER_SEASON = 1.0, 0.3
_LONG_LOGIT = -1.0
_PLAIN_LOGITS = (-2.0, -2.0, -3.0, -3.0, -3.0, -4.0, -4.0, -4.0, -4.0)
# Initial logits of the ways to shift past seasons: the rise of the level at first.
_RECENT_SHIFT = (1.0, 0.0, 0.0, -1.0, -1.0, -1.0)
_LONG_SHIFT = (2.0, -1.0, -1.0, -1.0)
# Reduction of the logit of a missing reference.
_MISSING_LOGIT = 20.0
_SMALLEST_SPREAD = 1e-3
# Small, so that new covariates hardly change the forecast of a pretrained network before training.
_SENSITIVITY = 0.01


@dataclass(frozen=True)
class MemoryWeights:
    """The result of the memory for D origins, J leads, patches of P steps, R references.

    Attributes:
        base: [B, D, J, P] the weighted mean of the references, relative to the current level.
        spread: [B, D, J, P] the weighted standard deviation of the references.
        weights: [B, D, J, P, R] the weights of the references; they sum to 1.
        contrast: [B, D, J, P, F] covariates of the step, minus the weighted mean of those of the
            references.
        steps: int64 [D, J, P, R] the steps of the references, from the start of the window.
        correction: [B, D, J, P, Q] correction of the base for every quantile.
    """

    base: Tensor
    spread: Tensor
    weights: Tensor
    contrast: Tensor
    steps: Tensor
    correction: Tensor


class SeasonMemory(nn.Module):
    """Computes weights for past values, and a correction of their weighted mean.

    Args:
        hidden_size: features of the decoder state.
        quantiles: number of quantiles Q.
        covariates: number of known-future covariates F.
        known: number of known inputs of a step ahead: covariates and calendar features.
    """

    def __init__(self, hidden_size: int, quantiles: int, covariates: int, known: int) -> None:
        super().__init__()
        self.lift = nn.Linear(hidden_size, RECENT_WAYS)
        self.lift_long = nn.Linear(hidden_size, LONG_WAYS)
        self.profile = nn.Linear(hidden_size, GRID * _PROFILES)
        self.state = nn.Linear(hidden_size, _WIDTH)
        self.recent = nn.Linear(4 * RECENT, _WIDTH, bias=False)
        self.other = nn.Linear(
            2 * (LONG + PLAIN) + _PROFILES + _PLACE + 2 * LONG, _WIDTH, bias=False
        )
        self.known = nn.Linear(known, _WIDTH, bias=False) if known else None
        self.mix = nn.Linear(_WIDTH, _WIDTH)
        self.out = nn.Linear(_WIDTH, REFERENCES + quantiles)
        self.prior = nn.Parameter(_prior())
        # Effect of a difference in each covariate (in standard deviations) on the logits.
        sensitivity = torch.full((covariates,), _SENSITIVITY)
        self.sensitivity = nn.Parameter(sensitivity) if covariates else None
        for layer in (self.lift, self.lift_long, self.out, self.known):
            if layer is not None:
                nn.init.zeros_(layer.weight)
        with torch.no_grad():
            self.lift.bias.copy_(torch.tensor(_RECENT_SHIFT))
            self.lift_long.bias.copy_(torch.tensor(_LONG_SHIFT))
            self.out.bias.zero_()

    def forward(
        self,
        past: WindowHistory,
        scale: WindowScaler,
        window: Window,
        origins: Tensor,
        leads: Tensor,
        state: Tensor,
    ) -> MemoryWeights:
        """Compute the weights for origins [D] and leads [J] from decoder states [B, D, J, H]."""
        layout = window.layout
        seasons = recent(past, scale, origins)
        cycles = long(past, scale, origins, leads, layout)
        shifted = [
            seasons.shifted(self.lift(state).float().softmax(-1)),
            cycles.shifted(self.lift_long(state).float().softmax(-1)),
        ]
        plain = drifts(past, scale, origins, leads)
        shape = shifted[0].shape[:-1]
        parts = [seasons.reference, cycles.reference, plain]
        values = torch.cat([*shifted, plain.values], -1).float()
        visible = torch.cat([part.visible.expand(*shape, -1) for part in parts], -1)
        steps = torch.cat(
            [part.steps.expand(*shape[1:], part.steps.shape[-1]) for part in parts], -1
        )
        hidden = self._embed(seasons, cycles, plain, layout, state)
        targets = window.targets(origins, leads)
        if self.known is not None:
            known = torch.cat([window.covariates, window.calendar], -1)
            hidden = hidden + self.known(known[:, targets])
        hidden = F.silu(self.mix(F.silu(hidden)))
        out = self.out(hidden).float()
        logits = out[..., :REFERENCES] + self.prior + _MISSING_LOGIT * (visible - 1)
        before, future = self._covariates(window, steps, targets)
        if self.sensitivity is not None:
            difference = (future[..., None, :] - before) * visible[..., None]
            logits = logits - (difference.square() * self.sensitivity.abs()).sum(-1)
        weights = logits.softmax(-1)
        base = (weights * values).sum(-1)
        variance = (weights * (values - base[..., None]).square()).sum(-1)
        return MemoryWeights(
            base=base,
            spread=variance.clamp(min=_SMALLEST_SPREAD**2).sqrt(),
            weights=weights,
            contrast=future - (weights[..., None] * before).sum(-2),
            steps=steps,
            correction=out[..., REFERENCES:],
        )

    def _embed(
        self, seasons: Recent, cycles: Long, plain: Reference, layout: PatchLayout, state: Tensor
    ) -> Tensor:
        """[B, D, J, P, W] an embedding of the references and the state for each step."""
        past = seasons.reference
        at_level = (past.values + seasons.rise[:, :, None, None]) * past.visible
        grown = past.values + seasons.above * seasons.growth[:, :, None, None]
        recent_inputs = torch.cat(
            [
                _signed_log(past.values),
                _signed_log(at_level),
                past.visible,
                _signed_log(grown) * seasons.has_growth[:, :, None, None] * past.visible,
            ],
            -1,
        )
        patch, profile = layout.patch, self.profile(state).unflatten(-1, (_PROFILES, GRID))
        if patch != GRID:
            profile = profile @ from_grid(patch).to(profile)
        profile = profile.transpose(-1, -2)  # [B, D, J, P, C]
        position = torch.arange(patch, device=state.device)
        place = torch.stack(
            [
                torch.full_like(position, int(layout.seasonal), dtype=torch.float32),
                (position + 0.5) / patch,
                (position == 0).float(),
            ],
            -1,
        )
        others = [cycles.reference, plain]
        inputs = [_signed_log(part.values) for part in others] + [part.visible for part in others]
        inputs = [part.expand(*profile.shape[:-1], -1).to(profile) for part in [*inputs, place]]
        usual = cycles.reference.values + cycles.usual[..., None, :]
        grown = cycles.reference.values + cycles.fall[..., None, :]
        grown = grown + cycles.above * cycles.growth[..., None, :]
        ways = [usual * cycles.reference.visible, grown * cycles.has_growth[..., None, :]]
        shifted = [_signed_log(way).expand(*profile.shape[:-1], -1).to(profile) for way in ways]
        embedded = self.other(torch.cat([*inputs, profile, *shifted], -1))
        embedded = embedded + self.recent(recent_inputs.to(profile))
        return cast(Tensor, embedded + self.state(state)[..., None, :])

    def _covariates(self, window: Window, steps: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Known covariates of the references [B, D, J, P, R, F], of the targets [B, D, J, P, F].

        The plain references have no single step: they get the covariates of the target.
        """
        if self.sensitivity is None:
            nothing = window.covariates[:, targets][..., :0]
            return nothing.new_zeros(*nothing.shape[:-1], REFERENCES, 0), nothing
        future = window.covariates[:, targets]
        features = future.shape[-1]
        flat = window.covariates.flatten(1, 2)
        dated = steps[..., : RECENT + LONG].clamp(min=0)
        plain = future[..., None, :].expand(*future.shape[:-1], PLAIN, features)
        before: Tensor = torch.cat([flat[:, dated], plain], -2)
        return before, future


def _prior() -> Tensor:
    newest_first = _NEWEST_LOGIT - _LOGIT_PER_SEASON * torch.arange(RECENT)
    return torch.cat([newest_first, torch.full((LONG,), _LONG_LOGIT), torch.tensor(_PLAIN_LOGITS)])


def _signed_log(x: Tensor) -> Tensor:
    """sign(x) · log(1 + |x|)."""
    return torch.log1p(x.abs()).copysign(x)
