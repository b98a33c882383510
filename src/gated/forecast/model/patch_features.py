"""Computes the features of past patches for the recurrence, and of future patches (leads)."""

import math

import torch
from torch import Tensor

from gated.forecast.data.patching import PatchLayout
from gated.forecast.model.season_grid import GRID, to_grid
from gated.forecast.model.window_scaler import WindowHistory, WindowScaler, compress

__all__ = ["LEAD_FEATURES", "PATCH_FEATURES", "lead_features", "patch_inputs"]

_CHANNELS = 8
PATCH_FEATURES = _CHANNELS * GRID + 9
"""Number of features of each past patch."""

_LEAD_WAVES = 4
LEAD_FEATURES = 16
"""Number of features of a lead, the distance of a future patch."""


def patch_inputs(
    past: WindowHistory, scale: WindowScaler, layout: PatchLayout, start: int
) -> Tensor:
    """[B, T, 8·24 + 9] the features of each context patch, from step `start` on.

    Eight channels on the grid: the values; whether they are visible; their change since the last
    season; their change since the last long season, at the same date and at the same phase;
    whether the latter is known; the values one long season before, and those one patch later.
    Nine more numbers: the geometry of the window, the size of the changes, how many values are
    visible, and, for a positive series, its level above 0 and the growth of the level.
    """
    patch, device = layout.patch, past.values.device
    begin = start + torch.arange(layout.context, device=device) * patch  # [T]
    steps = begin[:, None] + torch.arange(patch, device=device)
    values, visible = past.at(steps)  # [B, T, P]
    before, known = past.at(steps - patch)
    change = compress(scale.changes(values - before)) * visible * known
    channels = [scale.read(values) * visible, visible, change]
    if layout.long_season:
        lag = round(layout.long_season / patch) * patch
        level, _ = past.level(begin)
        for back in (lag, round(layout.long_season)):
            then, known = past.at(steps - back)
            level_then, known_level = past.level(begin - back)
            both = known * visible * known_level[..., None]
            rise = (values - level[..., None]) - (then - level_then[..., None])
            channels.append(compress(scale.changes(rise)) * both)
            if back == lag:
                compared = both
        channels[4:] = [channels[-1], compared]
        for back in (lag, lag - patch):
            then, known = past.at(steps - back)
            channels.append(scale.read(then) * known)
    else:
        channels += [torch.zeros_like(values)] * (_CHANNELS - len(channels))
    grid = torch.stack(channels, 2) @ to_grid(patch).to(values)  # [B, T, 8, 24]
    constants = [
        math.log(patch) / 4,
        float(layout.seasonal),
        math.log(layout.long_season / patch) / 4 if layout.long_season else -1.0,
    ]
    shared = torch.tensor(constants, device=device).expand(*values.shape[:2], len(constants))
    noise = (torch.log(scale.change / scale.deviation) / 2)[:, None].expand(values.shape[:2])
    observed = torch.log1p(past.counts[:, begin + patch] / patch).to(values) / 3
    own = torch.stack([noise, visible.mean(-1), observed, *_growth(past, scale, begin)], -1)
    return torch.cat([grid.flatten(2), shared, own], -1)


def _growth(past: WindowHistory, scale: WindowScaler, begin: Tensor) -> list[Tensor]:
    """Three numbers [B, T] of a positive series: 1, its level above 0, the growth of the level."""
    level, _ = past.level(begin + past.patch)
    before, _ = past.level(begin)
    growth, has_growth = scale.growth(level, before)
    positive = scale.positive[:, None].expand(level.shape)
    above = compress(scale.above(level)) / 3 * positive
    return [positive, above, torch.log(growth) * has_growth]


def lead_features(leads: Tensor, layout: PatchLayout) -> Tensor:
    """[J, 16] features of order one for leads of any size (in patches)."""
    lead = leads.float()[:, None]
    angle = torch.log(lead) * torch.arange(1, _LEAD_WAVES + 1, device=leads.device)
    steps = lead * layout.patch
    fixed = torch.tensor([float(layout.seasonal), math.log(layout.patch) / 4], device=leads.device)
    return torch.cat(
        [
            torch.log(lead),
            lead / 16,
            1 / lead,
            torch.cos(angle),
            torch.sin(angle),
            torch.log(steps) / 4,
            (lead == 1).float(),
            (lead == 2).float(),
            fixed.expand(len(lead), 2),
        ],
        -1,
    )
