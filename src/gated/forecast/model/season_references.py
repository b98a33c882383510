"""Computes the references of the season memory: past values at the same phase of the season.

For every step to forecast there are R references. They are relative to the current level, in units
of the mean change from season to season (`WindowScaler`):

- `recent`: the same phase of each of the last 14 seasons;
- `long`: the same step of each of the last three long seasons (a week of hours, a year of days),
  twice: at the same phase of the season (52 weeks before: the same weekday) and at the exact
  distance (365 days before: the same date);
- `plain`: the last value, the current level, and the level extrapolated with its drift over the
  last 1, 4 and 12 seasons.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from gated.forecast.data.patching import CYCLES, RECENT, PatchLayout
from gated.forecast.model.window_scaler import WindowHistory, WindowScaler

__all__ = [
    "LONG",
    "PLAIN",
    "REFERENCES",
    "UNDATED",
    "Recent",
    "Reference",
    "drifts",
    "long",
    "recent",
]

_DRIFT_OVER = (1, 4, 12)
LONG = 2 * CYCLES
PLAIN = 2 + len(_DRIFT_OVER)
REFERENCES = RECENT + LONG + PLAIN
# The step of references without a single step: long before the start of any series.
UNDATED = -(2**40)


@dataclass(frozen=True)
class Reference:
    """Past values and their steps.

    Attributes:
        values: [B, D, J or 1, P, K] relative to the current level, 0 where missing.
        visible: of the same shape, 1 or 0.
        steps: int64 [D, J or 1, P, K] counted from the start of the window.
    """

    values: Tensor
    visible: Tensor
    steps: Tensor


@dataclass(frozen=True)
class Recent:
    """The last seasons, and the rise of the level since each.

    Attributes:
        reference: [B, D, 1, P, 14] newest first, not shifted.
        rise: [B, D, 14] the current level minus the level of the season.
        carried: [B, D, 14] the current level minus the level before the season, which includes the
            growth of one season.
    """

    reference: Reference
    rise: Tensor
    carried: Tensor


def recent(past: WindowHistory, scale: WindowScaler, origins: Tensor) -> Recent:
    """References at the same phase of each of the last seasons before origins [D]."""
    back = torch.arange(1, RECENT + 1, device=origins.device)
    phase = torch.arange(past.patch, device=origins.device)[:, None]
    begin = origins[:, None] - back * past.patch  # [D, K] where each season begins
    steps = begin[:, None] + phase  # [D, P, K]
    values, visible = past.at(steps)
    own, _ = past.level(begin + past.patch)
    before, known = past.level(begin)
    before = torch.where(known > 0, before, own)
    above = scale.transform(values) * visible
    level = scale.level[..., None]
    return Recent(
        Reference(above[:, :, None], visible[:, :, None], steps[:, None]),
        scale.changes(level - own),
        scale.changes(level - before),
    )


def long(
    past: WindowHistory, scale: WindowScaler, origins: Tensor, leads: Tensor, layout: PatchLayout
) -> Reference:
    """References at the same position in past long seasons, relative to the level at that time."""
    device = origins.device
    patch, points = layout.patch, len(leads)
    if not layout.long_season:
        empty = past.values.new_zeros(len(past.values), len(origins), points, patch, LONG)
        nowhere = torch.full((len(origins), points, patch, LONG), UNDATED, device=device)
        return Reference(empty, empty, nowhere)
    lags = torch.tensor([layout.long_lags(lead) for lead in leads.tolist()], device=device)
    ahead = (leads[:, None] - 1) * patch + torch.arange(patch, device=device)  # [J, P]
    steps = origins[:, None, None, None] + ahead[..., None] - lags[:, None]  # [D, J, P, K]
    values, visible = past.at(steps)
    level, known = past.level(origins[:, None, None] - lags)  # [B, D, J, K]
    visible = visible * known[:, :, :, None]
    return Reference(scale.changes(values - level[:, :, :, None]) * visible, visible, steps)


def drifts(past: WindowHistory, scale: WindowScaler, origins: Tensor, leads: Tensor) -> Reference:
    """Plain references: the last value, the current level, and the level extrapolated."""
    patch, device = past.patch, origins.device
    newest = past.last(origins)  # [B, D]
    last = scale.transform(past.values.gather(1, newest))
    ahead = (leads[:, None] - 1) * patch + torch.arange(1, patch + 1, device=device)  # [J, P]
    # The level is the mean of the last season, so it belongs to the middle of that season.
    since_middle = ahead + (patch - 1) / 2
    one = torch.ones_like(since_middle)
    values = [last[..., None, None] * one, 0 * last[..., None, None] * one]
    visible = [torch.ones_like(values[0])] * 2
    for seasons in _DRIFT_OVER:
        then, known = past.level(origins - seasons * patch)
        slope = scale.changes(scale.level - then) * known / (seasons * patch)
        values.append(slope[..., None, None] * since_middle)
        visible.append(known[..., None, None] * one)
    steps = torch.full((len(origins), *ahead.shape, PLAIN), UNDATED, device=device)
    return Reference(torch.stack(values, -1), torch.stack(visible, -1), steps)
