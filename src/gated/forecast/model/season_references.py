"""What the season memory may remember for a step ahead: the same phase of past seasons.

For every step to forecast there are R references, all measured from today's level, in changes from
season to season (`WindowScaler`):

- `recent`: the same phase of each of the last 14 seasons;
- `long`: the same step of each of the last three long seasons (a week of hours, a year of days),
  twice: at the same phase of the season (52 weeks before: the same weekday) and at the very
  distance (365 days before: the same date);
- `plain`: the last value, today's level, and the level carried on along its drift over the last
  1, 4 and 12 seasons.
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
# The step of what comes from no one step: long before any series began.
UNDATED = -(2**40)


@dataclass(frozen=True)
class Reference:
    """Values to remember, and where they come from.

    Attributes:
        values: [B, D, J or 1, P, K] above today's level, 0 where unseen.
        seen: the same shape, 1 or 0.
        steps: int64 [D, J or 1, P, K] counted from the window's start.
    """

    values: Tensor
    seen: Tensor
    steps: Tensor


@dataclass(frozen=True)
class Recent:
    """The last seasons, and by how much the level has risen since each.

    Attributes:
        reference: [B, D, 1, P, 14] newest first, as they were.
        rise: [B, D, 14] today's level less the season's own.
        carried: [B, D, 14] today's level less the level before the season: its growth goes on.
    """

    reference: Reference
    rise: Tensor
    carried: Tensor


def recent(past: WindowHistory, scale: WindowScaler, origins: Tensor) -> Recent:
    """The same phase of each of the last seasons before origins [D]."""
    back = torch.arange(1, RECENT + 1, device=origins.device)
    phase = torch.arange(past.patch, device=origins.device)[:, None]
    begin = origins[:, None] - back * past.patch  # [D, K] where each season begins
    steps = begin[:, None] + phase  # [D, P, K]
    values, seen = past.at(steps)
    own, _ = past.level(begin + past.patch)
    before, known = past.level(begin)
    before = torch.where(known > 0, before, own)
    above = scale.forward(values) * seen
    level = scale.level[..., None]
    return Recent(
        Reference(above[:, :, None], seen[:, :, None], steps[:, None]),
        scale.changes(level - own),
        scale.changes(level - before),
    )


def long(
    past: WindowHistory, scale: WindowScaler, origins: Tensor, leads: Tensor, layout: PatchLayout
) -> Reference:
    """The values at the same place of past long seasons, measured from the level at that time."""
    device = origins.device
    patch, points = layout.patch, len(leads)
    if not layout.long_season:
        empty = past.values.new_zeros(len(past.values), len(origins), points, patch, LONG)
        nowhere = torch.full((len(origins), points, patch, LONG), UNDATED, device=device)
        return Reference(empty, empty, nowhere)
    lags = torch.tensor([layout.long_lags(lead) for lead in leads.tolist()], device=device)
    ahead = (leads[:, None] - 1) * patch + torch.arange(patch, device=device)  # [J, P]
    steps = origins[:, None, None, None] + ahead[..., None] - lags[:, None]  # [D, J, P, K]
    values, seen = past.at(steps)
    level, known = past.level(origins[:, None, None] - lags)  # [B, D, J, K]
    seen = seen * known[:, :, :, None]
    return Reference(scale.changes(values - level[:, :, :, None]) * seen, seen, steps)


def drifts(past: WindowHistory, scale: WindowScaler, origins: Tensor, leads: Tensor) -> Reference:
    """The last value, today's level, and that level carried on."""
    patch, device = past.patch, origins.device
    newest = past.last(origins)  # [B, D]
    last = scale.forward(past.values.gather(1, newest))
    ahead = (leads[:, None] - 1) * patch + torch.arange(1, patch + 1, device=device)  # [J, P]
    # The level is that of the middle of the last season.
    since_middle = ahead + (patch - 1) / 2
    one = torch.ones_like(since_middle)
    values = [last[..., None, None] * one, 0 * last[..., None, None] * one]
    seen = [torch.ones_like(values[0])] * 2
    for seasons in _DRIFT_OVER:
        then, known = past.level(origins - seasons * patch)
        slope = scale.changes(scale.level - then) * known / (seasons * patch)
        values.append(slope[..., None, None] * since_middle)
        seen.append(known[..., None, None] * one)
    steps = torch.full((len(origins), *ahead.shape, PLAIN), UNDATED, device=device)
    return Reference(torch.stack(values, -1), torch.stack(seen, -1), steps)
