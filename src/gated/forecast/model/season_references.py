"""Computes the references of the season memory: past values at the same phase of the season.

For every step to forecast there are R references. They are relative to the current level, in units
of the mean change from season to season (`WindowScaler`):

- `recent`: the same phase of each of the last 14 seasons;
- `long`: the same step of each of the last three long seasons (a week of hours, a year of days),
  twice: at the same phase of the season (52 weeks before: the same weekday) and at the exact
  distance (365 days before: the same date);
- `plain`: the last value; the current level; the level extrapolated with its drift over the last
  1, 4 and 12 seasons, as a sum and as a factor; and the median level of the last seven seasons.

Past values can be shifted to the present in several ways (`Recent`, `Long`); the season memory
weighs these ways. A positive series can also be multiplied by its growth: then its seasons grow
with the level. After an odd last season (a public holiday), the usual level is a better guide than
the current one.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import Array
from gated.forecast.data.patching import CYCLES, RECENT, PatchLayout
from gated.forecast.model.window_scaler import WindowHistory, WindowScaler, lower_median
from gated.numeric import clip, namespace, primitives

__all__ = [
    "LONG",
    "LONG_WAYS",
    "PLAIN",
    "RECENT_WAYS",
    "REFERENCES",
    "UNDATED",
    "Long",
    "Recent",
    "Reference",
    "drifts",
    "long",
    "recent",
]

_DRIFT_OVER = (1, 4, 12)
_USUAL, _LONG_USUAL = 3, 7  # seasons over whose levels a median is taken
_LARGEST_EXPONENT = 3.0  # of growth that is extrapolated
LONG = 2 * CYCLES
PLAIN = 3 + 2 * len(_DRIFT_OVER)
REFERENCES = RECENT + LONG + PLAIN
# Ways to shift past seasons, and past long seasons, to the present.
RECENT_WAYS, LONG_WAYS = 6, 4
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

    values: Array
    visible: Array
    steps: Array


@dataclass(frozen=True)
class Recent:
    """The last seasons, and the ways to shift them to the present.

    Attributes:
        reference: [B, D, 1, P, 14] newest first, not shifted.
        above: [B, D, 1, P, 14] the values above 0.
        rise: [B, D, 14] the current level minus the level of the season.
        carried: [B, D, 14] the current level minus the level before the season, which includes the
            growth of one season.
        usual: [B, D, 14] as `rise`, with the median level of the last three seasons.
        growth, carried_growth: [B, D, 14] `rise` and `carried` as factors, minus 1; 0 without one.
        has_growth, has_carried_growth: [B, D, 14] 1 where there is a factor.
    """

    reference: Reference
    above: Array
    rise: Array
    carried: Array
    usual: Array
    growth: Array
    carried_growth: Array
    has_growth: Array
    has_carried_growth: Array

    def shifted(self, share: Array) -> Array:
        """[B, D, J, P, 14] the values, shifted by a mixture of the ways.

        Args:
            share: [B, D, J, 6] the shares of no shift, `rise`, `carried`, `growth`,
                `carried_growth` and `usual`. Without a factor, growth is added instead.
        """
        ways = [share[..., way, None] for way in range(RECENT_WAYS)]  # each [B, D, J, 1]
        rise, carried = self.rise[:, :, None], self.carried[:, :, None]
        added = ways[1] * rise + ways[2] * carried + ways[5] * self.usual[:, :, None]
        added = added + ways[3] * (rise * (1 - self.has_growth[:, :, None]))
        added = added + ways[4] * (carried * (1 - self.has_carried_growth[:, :, None]))
        factor = ways[3] * self.growth[:, :, None] + ways[4] * self.carried_growth[:, :, None]
        past = self.reference
        moved = past.values + added[..., None, :] + self.above * factor[..., None, :]
        return moved * past.visible


@dataclass(frozen=True)
class Long:
    """The same steps of past long seasons, and the ways to shift them to the present.

    Attributes:
        reference: [B, D, J, P, 6] relative to the level at that time.
        above: [B, D, J, P, 6] the values above 0.
        fall: [B, D, J, 6] minus the rise of the level since then.
        usual: [B, D, J, 6] the median rise of the last seven levels, minus that rise.
        growth: [B, D, J, 6] the growth of the level since then, as a factor minus 1; 0 without one.
        has_growth: [B, D, J, 6] 1 where there is a factor.
    """

    reference: Reference
    above: Array
    fall: Array
    usual: Array
    growth: Array
    has_growth: Array

    def shifted(self, share: Array) -> Array:
        """[B, D, J, P, 6] the values, shifted by a mixture of the ways.

        Args:
            share: [B, D, J, 4] the shares of the rise of the level, of no shift, of the growth as a
                factor (the rise where there is none), and of the usual rise.
        """
        ways = [share[..., way, None] for way in range(LONG_WAYS)]
        grown = ways[2] * self.has_growth
        added = (ways[1] + grown) * self.fall + ways[3] * self.usual
        past = self.reference
        moved = past.values + added[..., None, :]
        moved = moved + self.above * (grown * self.growth)[..., None, :]
        return moved * past.visible


def recent(past: WindowHistory, scale: WindowScaler, origins: Array) -> Recent:
    """References at the same phase of each of the last seasons before origins [D]."""
    xp, device = namespace(origins), origins.device
    back = xp.arange(1, RECENT + 1, device=device)
    phase = xp.arange(past.patch, device=device)[:, None]
    begin = origins[:, None] - back * past.patch  # [D, K] where each season begins
    steps = begin[:, None] + phase  # [D, P, K]
    values, visible = past.at(steps)
    levels, known = past.level(xp.stack([begin + past.patch, begin]))  # [B, 2, D, K]
    own = levels[:, :1]
    # The levels of the season and before it; without the latter, twice the former.
    then = xp.concat([own, xp.where(known[:, 1:] > 0, levels[:, 1:], own)], axis=1)
    level = scale.level[:, None, :, None]
    growth, has_growth = scale.growth(level, then)
    rise = scale.changes(level - then)
    usual = past.usual_level(origins, _USUAL)[..., None] - own[:, 0]
    return Recent(
        Reference(
            (scale.transform(values) * visible)[:, :, None], visible[:, :, None], steps[:, None]
        ),
        (scale.above(values) * visible)[:, :, None],
        rise[:, 0],
        rise[:, 1],
        scale.changes(usual),
        growth[:, 0] - 1,
        growth[:, 1] - 1,
        has_growth[:, 0],
        has_growth[:, 1],
    )


def long(
    past: WindowHistory, scale: WindowScaler, origins: Array, leads: Array, layout: PatchLayout
) -> Long:
    """References at the same position in past long seasons, relative to the level at that time."""
    xp, device = namespace(origins), origins.device
    patch, points = layout.patch, len(leads)
    if not layout.long_season:
        shape = (len(origins), points, patch, LONG)
        empty = xp.zeros((len(past.values), *shape), dtype=past.values.dtype, device=device)
        nowhere = xp.full(shape, UNDATED, dtype=xp.int64, device=device)
        nothing = empty[:, :, :, 0]
        return Long(Reference(empty, empty, nowhere), empty, *[nothing] * 4)
    found = np.array([layout.long_lags(lead) for lead in leads.tolist()])
    lags = primitives(leads).like(found, leads)
    ahead = (leads[:, None] - 1) * patch + xp.arange(patch, device=device)  # [J, P]
    steps = origins[:, None, None, None] + ahead[..., None] - lags[:, None]  # [D, J, P, K]
    values, visible = past.at(steps)
    then = origins[:, None, None] - lags  # [D, J, K]
    level, known = past.level(then)
    visible = visible * known[:, :, :, None]
    relative = scale.changes(values - level[:, :, :, None]) * visible
    now = scale.level[..., None, None]
    growth, has_growth = scale.growth(xp.broadcast_to(now, level.shape), level)
    usual, any_known = _usual_rise(past, origins, then)
    usual = xp.where(any_known, usual, now - level)
    return Long(
        Reference(relative, visible, steps),
        scale.above(values) * visible,
        scale.changes(level - now),
        scale.changes(usual - (now - level)),
        growth - 1,
        has_growth,
    )


def _usual_rise(past: WindowHistory, origins: Array, then: Array) -> tuple[Array, Array]:
    """The median rise of the last seven levels since past steps [D, J, K], and if any is known.

    Both are [B, D, J, K].
    """
    back = namespace(then).arange(_LONG_USUAL, device=then.device) * past.patch
    now, known_now = past.level(origins[:, None] - back)  # [B, D, 7]
    before, known = past.level(then[..., None] - back)  # [B, D, J, K, 7]
    rise = now[:, :, None, None] - before
    both = known_now[:, :, None, None] * known
    return lower_median(rise, both)


def drifts(past: WindowHistory, scale: WindowScaler, origins: Array, leads: Array) -> Reference:
    """Plain references: the last value, the current level, and the level extrapolated."""
    xp, patch, device = namespace(origins), past.patch, origins.device
    fast = primitives(past.values)
    newest = past.last(origins)  # [B, D]
    last = scale.transform(xp.take_along_axis(past.values, newest, axis=1))
    ahead = (leads[:, None] - 1) * patch + xp.arange(1, patch + 1, device=device)  # [J, P]
    # The level is the mean of the last season, so it belongs to the middle of that season.
    since_middle = (xp.astype(ahead, past.values.dtype) + (patch - 1) / 2)[..., None]
    back = xp.asarray(_DRIFT_OVER, device=device) * patch
    then, known = past.level(origins[:, None] - back)  # [B, D, 3]
    back, level = xp.astype(back, since_middle.dtype), scale.level[..., None]
    slope = scale.changes(level - then) * known / back
    growth, has_growth = scale.growth(level, then)
    rate = xp.log(growth)[:, :, None, None] / back
    exponent = clip(rate * since_middle, -_LARGEST_EXPONENT, _LARGEST_EXPONENT)
    is_grown = (has_growth * known)[:, :, None, None]
    above = scale.above(scale.level)[:, :, None, None, None]
    usual = scale.transform(past.usual_level(origins, _LONG_USUAL))
    values = [
        last[:, :, None, None, None],
        xp.zeros_like(since_middle),
        slope[:, :, None, None] * since_middle,
        above * xp.expm1(exponent) * is_grown,
        usual[:, :, None, None, None],
    ]
    one = xp.ones_like(since_middle)
    visible = [one, one, known[:, :, None, None], is_grown, one]
    shape = (len(past.values), len(origins), *ahead.shape)
    steps = xp.full((*shape[1:], PLAIN), UNDATED, dtype=xp.int64, device=device)
    return Reference(fast.concat_last(values, shape), fast.concat_last(visible, shape), steps)
