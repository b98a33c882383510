"""The season memory: a forecast as a weighted past, at the same phase of earlier seasons.

For every patch to forecast, the network gives softmax weights over a short list of past patches
that lie a whole number of seasons earlier. Before they are averaged, each is lifted to today's
level (how far is learned), and each of its points is weighed down where its known covariates
differ from those of the point to forecast: an open Tuesday does not learn from a closed one.
The weights are the explanation of the forecast, by construction.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gated.forecast.windows import Layout, Window

# How much less each older season weighs before anything is learned (logits, newest first).
_NEWEST_LOGIT = 2.0
_LOGIT_PER_SEASON = 0.3
_LONG_SEASON_LOGIT = 0.0
# Lifting a past patch to today's level is nearly complete at the start: sigmoid(2) = 0.88.
_LEVEL_LOGIT = 2.0
# How much more an observed point weighs than one that is not, as a logit: the latter is gone, but
# has a finite weight where nothing was observed.
_USABLE_LOGIT = 12.0


@dataclass(frozen=True)
class Recollection:
    """What the memory gave for D cutoffs, J leads, K candidates, patches of P points.

    Attributes:
        base: [B, D, J, P] the weighted past.
        deviation: [B, D, J, P] the weighted spread of the candidates around it.
        weights: [B, D, J, K, P] what each candidate weighed; they sum to 1 over K.
        contrast: [B, D, J, P, F] covariates to come, less the weighted past's own.
        where: int64 [B, D, J, K] the candidates' patches, as indices into the window.
    """

    base: Tensor
    deviation: Tensor
    weights: Tensor
    contrast: Tensor
    where: Tensor


def candidate_lags(layout: Layout) -> tuple[Tensor, Tensor]:
    """The past patches offered to each lead of a forecast.

    First the `recent` last patches. Then, where there is a long season, the patches one long
    season before the target and their two neighbours; leads beyond one long season reach back
    two, and so on.

    Returns:
        (lags, level_lags), int64 [leads, K], in patches before the last patch of the context:
        the candidate itself, and the patch whose mean is the level it was at. For a recent patch
        that is its own mean; for one a year ago it is the level a year before the cutoff, so
        that last year's rise from there is carried over.

    >>> candidate_lags(Layout(patch=7, context=14, recent=2, long_season=52, leads=2))[0].tolist()
    [[0, 1, 50, 51, 52], [0, 1, 49, 50, 51]]
    """
    lags, levels = [], []
    for lead in range(layout.leads):
        row, level = list(range(layout.recent)), list(range(layout.recent))
        if layout.long_season:
            cycles = lead // layout.long_season + 1
            for neighbour in (-1, 0, 1):
                origin = cycles * layout.long_season + neighbour
                # At a lead just under a whole cycle the nearer neighbour has not happened yet.
                row.append(max(origin - 1 - lead, 0))
                level.append(origin)
        lags.append(row)
        levels.append(level)
    return torch.tensor(lags), torch.tensor(levels)


class SeasonMemory(nn.Module):
    """Softmax attention over the same phase of past seasons, re-levelled.

    Args:
        layout: the geometry of the windows.
        hidden_size: features of the decoder state that asks.
        covariates: known-future covariates F.
    """

    lags: Tensor
    level_lags: Tensor
    level_of: Tensor

    def __init__(self, layout: Layout, hidden_size: int, covariates: int) -> None:
        super().__init__()
        self.layout = layout
        lags, levels = candidate_lags(layout)
        level_lags, level_of = torch.unique(levels, return_inverse=True)
        self.register_buffer("lags", lags, persistent=False)  # [J, K]
        self.register_buffer("level_lags", level_lags, persistent=False)  # [L]
        self.register_buffer("level_of", level_of, persistent=False)  # [J, K], into level_lags
        self.ask = nn.Linear(hidden_size, lags.shape[1])
        self.level = nn.Linear(hidden_size, 1)
        for layer in (self.ask, self.level):
            nn.init.zeros_(layer.weight)
        with torch.no_grad():
            self.ask.bias.fill_(_LONG_SEASON_LOGIT)
            newest_first = _NEWEST_LOGIT - _LOGIT_PER_SEASON * torch.arange(layout.recent)
            self.ask.bias[: layout.recent] = newest_first
            self.level.bias.fill_(_LEVEL_LOGIT)
        # How much a difference in each covariate (in its standard deviations) counts.
        self.sensitivity = nn.Parameter(torch.ones(covariates))

    def forward(self, values: Tensor, window: Window, state: Tensor) -> Recollection:
        """Look up the past for the last D patches of the context.

        Where the newest patches of the context are unobserved, the recent past is counted from
        the last observed one: seasons stay aligned, and a stale table is forecast from what it
        last said.

        Args:
            values: [B, W, P] window-scaled values, 0 where unseen.
            window: the window they come from.
            state: [B, D, J, hidden_size] decoder states.
        """
        origins = window.origins(state.shape[1])  # [D]
        seen = window.seen
        position = torch.arange(seen.shape[1], device=seen.device)
        last_seen = torch.where(seen.any(-1), position, 0).cummax(1).values  # [B, W]
        anchor = last_seen[:, origins][:, :, None, None]  # [B, D, 1, 1]
        batch = torch.arange(len(values), device=values.device)[:, None, None, None]

        recent = self.layout.recent
        where = (anchor - self.lags).clamp(min=0)  # [B, D, J, K]
        where[..., recent:] = (origins[:, None, None] - self.lags[:, recent:]).clamp(min=0)
        rise, comparable = self._rise(values, seen, anchor[..., 0])  # [B, D, L]
        lift = torch.sigmoid(self.level(state)) * rise[:, :, self.level_of]
        candidates = _patches(values, where) + lift[..., None]  # [B, D, J, K, P]
        usable = _patches(seen, where) * comparable[:, :, self.level_of][..., None]
        # Raising what is usable lowers the rest: softmax sees differences only.
        logits = torch.add(self.ask(state)[..., None], usable, alpha=_USABLE_LOGIT)
        past = window.covariates[batch, where]  # [B, D, J, K, P, F]
        future = window.covariates[:, window.targets(origins)]  # [B, D, J, P, F]
        if past.shape[-1]:
            difference = future[:, :, :, None] - past
            logits = logits - (difference * self.sensitivity).square().sum(-1)
        weights = logits.softmax(3)
        base = (weights * candidates).sum(3)
        variance = (weights * (candidates - base.detach().unsqueeze(3)).square()).sum(3)
        # The spread of one or two candidates says little about the error of their mean.
        unsure = (1 + usable.sum(3)) ** -4.0
        return Recollection(
            base=base,
            deviation=(variance + unsure).sqrt(),
            weights=weights,
            contrast=future - (weights[..., None] * past).sum(3),
            where=where,
        )

    def _rise(self, values: Tensor, seen: Tensor, anchor: Tensor) -> tuple[Tensor, Tensor]:
        """How far the level has risen since each of the L level patches.

        Levels are compared over the points observed in both patches: a Monday missing from one
        week must not make that week look busier.

        Args:
            values, seen: [B, W, P].
            anchor: int64 [B, D, 1] the last patch with an observation.

        Returns:
            (rise, comparable), both [B, D, L]: 0 and 0 where no point was observed in both.
        """
        where = anchor - self.level_lags  # [B, D, L]
        batch = torch.arange(len(values), device=values.device)[:, None, None]
        before = where.clamp(min=0)
        both = seen[batch, anchor] * seen[batch, before] * (where >= 0)[..., None]
        difference = (values[batch, anchor] - values[batch, before]) * both  # [B, D, L, P]
        count = both.sum(-1)
        return difference.sum(-1) / count.clamp(min=1), (count > 0).to(values.dtype)


def _patches(of: Tensor, where: Tensor) -> Tensor:
    """of[b, where[b]] for every window b: [B, W, P] and [B, D, J, K] to [B, D, J, K, P].

    As rows of one table, which is several times faster to look up than by two indices.
    """
    windows, patches, _ = of.shape
    first = torch.arange(0, windows * patches, patches, device=of.device)
    return F.embedding(where + first[:, None, None, None], of.flatten(0, 1))
