"""The season memory: a forecast as a weighted past, and a learned correction around it.

For every step to forecast a small network, shared by all steps of all series, sees what each
reference says (`references`), what the recurrence made of the series, and where in the season
the step lies. It weighs the references (softmax) and corrects their mean. The weights are the
explanation of the forecast, by construction.

Past seasons are lifted to today's level, each as far as the recurrence says. A reference weighs
less where its known covariates differ from those of the step to forecast: an open Tuesday does
not learn from a closed one.
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
    PLAIN,
    REFERENCES,
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
# Logits before anything is learned: the newer a season the heavier; little for the plain ones.
_NEWEST_LOGIT, _LOGIT_PER_SEASON = 1.0, 0.3
_LONG_LOGIT = -1.0
_PLAIN_LOGITS = (-2.0, -2.0, -3.0, -3.0, -3.0)
# How much less a reference weighs that was not seen, as a logit.
_UNSEEN_LOGIT = 20.0
_SMALLEST_SPREAD = 1e-3
# Next to nothing: a network that knew no covariates forecasts as before, until it learns.
_SENSITIVITY = 0.01


@dataclass(frozen=True)
class MemoryWeights:
    """What the memory gave for D origins, J leads, patches of P steps, R references.

    Attributes:
        base: [B, D, J, P] the weighted past, above today's level.
        spread: [B, D, J, P] the weighted deviation of the references from it.
        weights: [B, D, J, P, R] what each reference weighed; they sum to 1.
        contrast: [B, D, J, P, F] covariates to come, less the weighted past's own.
        steps: int64 [D, J, P, R] where the references lie, from the window's start.
        correction: [B, D, J, P, Q] what is added to the base for every quantile.
    """

    base: Tensor
    spread: Tensor
    weights: Tensor
    contrast: Tensor
    steps: Tensor
    correction: Tensor


class SeasonMemory(nn.Module):
    """Weighs what past seasons say of a step, and corrects it.

    Args:
        hidden_size: features of the decoder state.
        quantiles: how many Q.
        covariates: known-future covariates F.
        known: all that is known of a step ahead: covariates and calendar.
    """

    def __init__(self, hidden_size: int, quantiles: int, covariates: int, known: int) -> None:
        super().__init__()
        self.lift = nn.Linear(hidden_size, 3)
        self.profile = nn.Linear(hidden_size, GRID * _PROFILES)
        self.state = nn.Linear(hidden_size, _WIDTH)
        self.recent = nn.Linear(3 * RECENT, _WIDTH, bias=False)
        self.other = nn.Linear(2 * (LONG + PLAIN) + _PROFILES + _PLACE, _WIDTH, bias=False)
        self.known = nn.Linear(known, _WIDTH, bias=False) if known else None
        self.mix = nn.Linear(_WIDTH, _WIDTH)
        self.out = nn.Linear(_WIDTH, REFERENCES + quantiles)
        self.prior = nn.Parameter(_prior())
        # How much a difference in each covariate (in its standard deviations) counts.
        sensitivity = torch.full((covariates,), _SENSITIVITY)
        self.sensitivity = nn.Parameter(sensitivity) if covariates else None
        for layer in (self.lift, self.out, self.known):
            if layer is not None:
                nn.init.zeros_(layer.weight)
        with torch.no_grad():
            self.lift.bias.copy_(torch.tensor([1.0, 0.0, 0.0]))
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
        """Weigh the past of origins [D] and leads [J] by decoder states [B, D, J, H]."""
        layout = window.layout
        seasons = recent(past, scale, origins)
        lifted = self._lifted(seasons, state)
        others = [long(past, scale, origins, leads, layout), drifts(past, scale, origins, leads)]
        shape = lifted.shape[:-1]
        parts = [seasons.reference, *others]
        values = torch.cat([lifted, *(part.values for part in others)], -1).float()
        seen = torch.cat([part.seen.expand(*shape, -1) for part in parts], -1)
        steps = torch.cat(
            [part.steps.expand(*shape[1:], part.steps.shape[-1]) for part in parts], -1
        )
        hidden = self._listen(seasons, others, layout, state)
        targets = window.targets(origins, leads)
        if self.known is not None:
            known = torch.cat([window.covariates, window.calendar], -1)
            hidden = hidden + self.known(known[:, targets])
        hidden = F.silu(self.mix(F.silu(hidden)))
        out = self.out(hidden).float()
        logits = out[..., :REFERENCES] + self.prior + _UNSEEN_LOGIT * (seen - 1)
        before, future = self._covariates(window, steps, targets)
        if self.sensitivity is not None:
            difference = (future[..., None, :] - before) * seen[..., None]
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

    def _lifted(self, seasons: Recent, state: Tensor) -> Tensor:
        """[B, D, J, P, 14] past seasons, each by its own share of the way to today's level."""
        share = self.lift(state).float().softmax(-1)  # [B, D, J, 3]: as it was, risen, carried on
        rise = share[..., 1:2] * seasons.rise[:, :, None]
        rise = rise + share[..., 2:3] * seasons.carried[:, :, None]
        past = seasons.reference
        lifted: Tensor = (past.values + rise[..., None, :]) * past.seen
        return lifted

    def _listen(
        self, seasons: Recent, others: list[Reference], layout: PatchLayout, state: Tensor
    ) -> Tensor:
        """[B, D, J, P, W] what the references and the recurrence say of each step."""
        past = seasons.reference
        at_level = (past.values + seasons.rise[:, :, None, None]) * past.seen
        recently = torch.cat([_damp(past.values), _damp(at_level), past.seen], -1)
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
        said = [_damp(part.values) for part in others] + [part.seen for part in others]
        said = [part.expand(*profile.shape[:-1], -1).to(profile) for part in [*said, place]]
        others_say = self.other(torch.cat([*said, profile], -1))
        weighed = others_say + self.recent(recently.to(profile)) + self.state(state)[..., None, :]
        return cast(Tensor, weighed)

    def _covariates(self, window: Window, steps: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Known covariates of the references [B, D, J, P, R, F], of the targets [B, D, J, P, F].

        A drift comes from no one step, and has the target's own.
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


def _damp(x: Tensor) -> Tensor:
    """Sign and size, the size on a logarithmic scale."""
    return torch.log1p(x.abs()).copysign(x)
