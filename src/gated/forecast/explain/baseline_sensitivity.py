"""Measures how the forecast of a baseline depends on each past value, by difference quotients."""

from dataclasses import replace

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.validation.baseline_points import BaselinePast

__all__ = ["baseline_weights"]

# The last steps are moved one by one, older ones in so many blocks of equal length.
_SINGLE, _BLOCKS = 512, 64
_SMALL = 1e-6
_CELLS = 1 << 21


def baseline_weights(past: BaselinePast, name: str, season_length: int, h: int) -> FloatArray:
    """By how much each step of a baseline's forecast moves if a past value is larger by 1: [h, L].

    Values of one block of old steps share the weight of the block equally.

    Args:
        past: the past of one window, of L steps.
        name: of the baseline.
        season_length: steps in the main cycle.
        h: steps ahead.
    """
    values = past.values
    length, single = len(values), min(len(values), _SINGLE)
    old = np.array_split(np.arange(length - single), min(_BLOCKS, length - single) or 1)
    blocks = [block for block in old if len(block)]
    blocks += [np.array([step]) for step in range(length - single, length)]
    unmoved = past.forecast(name, season_length, h)
    weights = np.zeros((h, length))
    at_once = max(1, _CELLS // length)
    for start in range(0, len(blocks), at_once):
        some = blocks[start : start + at_once]
        moved = np.tile(values, (len(some), 1))
        for row, block in zip(moved, some, strict=True):
            row[block] += _SMALL
        copies = replace(
            past,
            values=moved.reshape(-1),
            offsets=np.arange(len(some) + 1) * length,
            zero=np.repeat(past.zero, len(some), axis=0),
        )
        slopes = (copies.forecast(name, season_length, h) - unmoved) / _SMALL
        for slope, block in zip(slopes, some, strict=True):
            observed = block[~np.isnan(values[block])]
            if len(observed):
                weights[:, observed] = slope[:, None] / len(observed)
    return weights
