"""Computes how many of the newest values of a series a forecast reads.

The windows of the network are of bounded length, and so is the past that baselines and levels
read: a forecast from these values is that of the whole past.
"""

from gated.forecast.data.patching import PatchLayout
from gated.forecast.model.views import VIEWS
from gated.forecast.training.fitted import Fitted

__all__ = ["LONGEST_CYCLE_PAST", "rows_read"]

LONGEST_CYCLE_PAST = 4096
"""The newest values in which a cycle of no calendar length is searched; a forecast of a table
searches more of them."""

# Steps that baselines read, and half-lives and steps of the level of a series.
_BASELINE_STEPS = 4096
_HALF_LIVES, _LEVEL_STEPS = 8, 4096
# Seasons in which another season length is searched, and by which share lengths differ.
_SEASONS_SEARCHED, _SEASON_DIFFERS = 21, 6
# A window begins earlier if the last patches are closed: up to so many of them.
_CLOSED_PATCHES = 8
_FEWEST = 64


def rows_read(fitted: Fitted, season_length: int, h: int) -> int:
    """The number of newest steps that a forecast of up to `h` steps reads.

    Args:
        fitted: the decisions of the fit.
        season_length: steps in the main cycle.
        h: steps ahead, at most.
    """
    layout, combination = fitted.network.config.layout, fitted.combination
    found = [_FEWEST]
    for name in combination.views:
        view = VIEWS[name]
        found.append(_rows_of_windows(view.layout(layout), h))
        if view.has_cycle:
            found.append(LONGEST_CYCLE_PAST)
    if combination.share < 1:
        found.append(_BASELINE_STEPS)
    level = max(fitted.mean.half_life, 1.0) * _HALF_LIVES * season_length
    found.append(min(int(level), _LEVEL_STEPS))
    return max(found)


def _rows_of_windows(layout: PatchLayout, h: int) -> int:
    """The steps of the windows of a layout, also of those with another season length."""
    patch, closed = layout.patch, _CLOSED_PATCHES * layout.patch
    differs = patch // _SEASON_DIFFERS if layout.seasonal else 0
    lengths = range(patch - differs, patch + differs + 1)
    windows = (layout.with_season(length).ahead(h + closed).rows_before for length in lengths)
    return max(max(windows) + closed, _SEASONS_SEARCHED * (patch + differs))
