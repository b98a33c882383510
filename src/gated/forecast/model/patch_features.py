"""Computes the features of past patches for the recurrence, and of future patches (leads)."""

import math

import numpy as np

from gated.arrays import Array
from gated.forecast.data.patching import PatchLayout
from gated.forecast.model.season_grid import GRID, to_grid
from gated.forecast.model.window_scaler import WindowHistory, WindowScaler, compress
from gated.numeric import namespace, primitives

__all__ = ["LEAD_FEATURES", "PATCH_FEATURES", "lead_features", "patch_inputs"]

_CHANNELS = 8
PATCH_FEATURES = _CHANNELS * GRID + 9
"""Number of features of each past patch."""

_LEAD_WAVES = 4
LEAD_FEATURES = 16
"""Number of features of a lead, the distance of a future patch."""


def patch_inputs(
    past: WindowHistory, scale: WindowScaler, layout: PatchLayout, start: int
) -> Array:
    """[B, T, 8·24 + 9] the features of each context patch, from step `start` on.

    Eight channels on the grid: the values; whether they are visible; their change since the last
    season; their change since the last long season, at the same date and at the same phase;
    whether the latter is known; the values one long season before, and those one patch later.
    Nine more numbers: the geometry of the window, the size of the changes, how many values are
    visible, and, for a positive series, its level above 0 and the growth of the level.
    """
    xp, patch, device = namespace(past.values), layout.patch, past.values.device
    begin = start + xp.arange(layout.context, device=device) * patch  # [T]
    steps = begin[:, None] + xp.arange(patch, device=device)
    lags = [round(layout.long_season / patch) * patch, round(layout.long_season)]
    lags = [*lags, lags[0] - patch] if layout.long_season else []
    # All are read at once: the patch, the one before, and those of the long season.
    found = past.at(xp.stack([steps - back for back in (0, patch, *lags)]))
    all_values, all_visible = found  # each [B, 2 or 5, T, P]
    values, visible = all_values[:, 0], all_visible[:, 0]
    change = compress(scale.changes(values - all_values[:, 1])) * visible * all_visible[:, 1]
    channels = [scale.read(values) * visible, visible, change]
    if lags:
        then, known = all_values[:, 2:], all_visible[:, 2:]
        levels, known_level = past.level(xp.stack([begin - back for back in (0, *lags[:2])]))
        both = known[:, :2] * visible[:, None] * known_level[:, 1:, :, None]
        rise = (values - levels[:, 0, :, None])[:, None] - (then[:, :2] - levels[:, 1:, :, None])
        rise = compress(scale.changes(rise)) * both
        earlier = scale.read(then) * known
        channels += [rise[:, 0], rise[:, 1], both[:, 0], earlier[:, 0], earlier[:, 2]]
    else:
        channels += [xp.zeros_like(values)] * (_CHANNELS - len(channels))
    fast = primitives(values)
    to = fast.like(to_grid(patch), values)
    grid = fast.linear(xp.stack(channels, axis=2), to.T)  # [B, T, 8, 24]
    constants = [
        math.log(patch) / 4,
        float(layout.seasonal),
        math.log(layout.long_season / patch) / 4 if layout.long_season else -1.0,
    ]
    rows = values.shape[:2]
    shared = fast.like(np.array(constants), values)
    noise = (xp.log(scale.change / scale.deviation) / 2)[:, None, None]
    observed = xp.astype(xp.log1p(past.counts[:, begin + patch] / patch), values.dtype) / 3
    own = [xp.mean(visible, axis=-1), observed, *_growth(past, scale, begin)]
    parts = [grid.reshape(*rows, -1), shared, noise, *(part[..., None] for part in own)]
    return fast.concat_last(parts, rows)


def _growth(past: WindowHistory, scale: WindowScaler, begin: Array) -> list[Array]:
    """1, the level above 0, and its growth, for a positive series: each [B, T] or [B, 1]."""
    level, _ = past.level(begin + past.patch)
    before, _ = past.level(begin)
    growth, has_growth = scale.growth(level, before)
    xp = namespace(level)
    positive = scale.positive[:, None]
    above = compress(scale.above(level)) / 3 * positive
    return [positive, above, xp.log(growth) * has_growth]


def lead_features(leads: Array, layout: PatchLayout) -> Array:
    """[J, 16] features of order one for leads of any size (in patches)."""
    xp = namespace(leads)
    fast = primitives(leads)
    lead = fast.float32(leads)[:, None]
    waves = fast.like(np.arange(1, _LEAD_WAVES + 1), lead)
    angle = xp.log(lead) * waves
    steps = lead * layout.patch
    fixed = fast.like(np.array([float(layout.seasonal), math.log(layout.patch) / 4]), lead)
    return fast.concat_last(
        [
            xp.log(lead),
            lead / 16,
            1 / lead,
            xp.cos(angle),
            xp.sin(angle),
            xp.log(steps) / 4,
            xp.astype(lead == 1, lead.dtype),
            xp.astype(lead == 2, lead.dtype),
            fixed,
        ],
        (len(lead),),
    )
