"""Defines the scales of colours of heat maps, and averages values to the size of a picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray
from gated.text import percent

__all__ = ["CONTRIBUTED", "ENERGY", "INKS", "KEPT", "ColourScale", "averaged", "stretched"]


@dataclass(frozen=True)
class ColourScale:
    """Colours of the values from 0 to 1, interpolated between stops at equal distances.

    Attributes:
        stops: as #rrggbb.
        low, high: what 0 and 1 mean, in words.
    """

    stops: tuple[str, ...]
    low: str
    high: str

    def colours(self, values: FloatArray) -> NDArray[np.uint8]:
        """[..., 3] red, green and blue of values; values outside 0 to 1 have the colour of the end.

        >>> KEPT.colours(np.array([0.0, 0.5])).tolist()
        [[184, 58, 8], [244, 241, 234]]
        """
        rgb = np.array([[int(stop[at : at + 2], 16) for at in (1, 3, 5)] for stop in self.stops])
        place = np.clip(values, 0, 1) * (len(rgb) - 1)
        below = np.minimum(place.astype(np.int64), len(rgb) - 2)
        share = (place - below)[..., None]
        mixed = rgb[below] * (1 - share) + rgb[below + 1] * share
        return np.asarray(np.round(mixed), dtype=np.uint8)

    def hex(self, value: float) -> str:
        """The colour of one value as #rrggbb."""
        return "#" + bytes(self.colours(np.array(value)).tolist()).hex()


ENERGY = ColourScale(
    ("#0b0724", "#3b0f70", "#8c2981", "#de4968", "#fe9f6d", "#fcfdbf"), "quiet", "loud"
)
"""Of the energy of sound: each colour is brighter than the one before."""

KEPT = ColourScale(("#b83a08", "#f0a878", "#f4f1ea", "#8ab4de", "#1f5f9e"), "overwritten", "kept")
"""Of the share of the memory that a step keeps: from orange, overwritten, to blue, kept."""

_SHADES = ("#f1ece0", "#8ab4de", "#1f5f9e")
CONTRIBUTED = ColourScale(_SHADES, "nothing", "most")
"""Of positive contributions to an answer."""

INKS = ("#e07a1f", "#9a5a86", "#1f5f9e")
"""Of lines on white paper: from orange to blue, all dark enough."""
_LEAST_RANGE = 0.01  # smaller differences are shown as small


def stretched(
    values: FloatArray, stops: tuple[str, ...] = _SHADES
) -> tuple[ColourScale, FloatArray]:
    """A scale from the smallest to the largest share, with both in words, and the values on it.

    >>> scale, values = stretched(np.array([0.5, 0.75, 1.0]))
    >>> scale.low, scale.high, values.tolist()
    ('50 % kept', '100 %', [0.0, 0.5, 1.0])
    """
    low, high = float(values.min()), float(values.max())
    scale = ColourScale(stops, f"{percent(low)} kept", percent(high))
    return scale, (values - low) / max(high - low, _LEAST_RANGE)


def averaged(values: FloatArray, parts: int) -> FloatArray:
    """[n, parts] the means over equal parts of the columns of [n, m]; m is at least `parts`.

    >>> averaged(np.array([[1.0, 3.0, 5.0, 5.0]]), 2).tolist()
    [[2.0, 5.0]]
    """
    edges = np.linspace(0, values.shape[1], parts + 1).round().astype(np.int64)
    sums = np.add.reduceat(values, edges[:-1], axis=1)
    return np.asarray(sums / np.diff(edges))
