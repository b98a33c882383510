"""Draws a group of families of synthetic series: a row for each family, a few examples in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.common.chart import BLUE, as_svg, chart_style, new_figure
from gated.arrays import FloatArray
from gated.synthetic.draws import Draws
from gated.synthetic.gallery import GALLERY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["gallery_figure", "gallery_picture"]

_WIDTH, _ROW_HEIGHT, _NAME_WIDTH, _EXAMPLES = 900, 64, 150, 4
_LENGTHS = {"year": 731, "series": 400, "seasons": 168}
_USUAL_LENGTH, _SEED = 240, 7


def gallery_picture(group: str) -> str:
    """The picture of a group of the gallery as SVG; the same seed each time."""
    with chart_style():
        return as_svg(gallery_figure(group), f"Synthetic series: {group}")


def gallery_figure(group: str) -> Figure:
    """Draw the families of a group of the gallery."""
    families = GALLERY[group]
    length = _LENGTHS.get(group, _USUAL_LENGTH)
    figure = new_figure(_WIDTH, _ROW_HEIGHT * len(families))
    grid = figure.subplots(len(families), _EXAMPLES, squeeze=False)
    figure.subplots_adjust(
        left=_NAME_WIDTH / _WIDTH, right=0.995, bottom=0.01, top=0.99, wspace=0.07, hspace=0.25
    )
    for row, (name, family) in enumerate(families.items()):
        draws = Draws(_EXAMPLES * 8, torch.Generator().manual_seed(_SEED + row))
        series = family(draws, length).numpy().astype(np.float64)
        for axes, values in zip(grid[row], _constant_last(series), strict=True):
            axes.plot(values, color=BLUE, lw=0.8)
            axes.margins(x=0.01)
            axes.set_axis_off()
        place = grid[row, 0].get_position()
        figure.text(0, (place.y0 + place.y1) / 2, name, va="center", size=9)
    return figure


def _constant_last(series: FloatArray) -> list[FloatArray]:
    """The first examples of [N, length]; constant series only if there are too few others."""
    order = sorted(range(len(series)), key=lambda row: bool(np.ptp(series[row]) == 0))
    return [series[row] for row in order[:_EXAMPLES]]
