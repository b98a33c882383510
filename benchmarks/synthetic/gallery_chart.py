"""A group of families as SVG: a row a family, a few examples beside each other.

The background is transparent and every colour a middle tone, for white pages and for black ones.
"""

import numpy as np
import torch

from gated.plot import svg
from gated.synthetic.draws import Draws
from gated.synthetic.gallery import GALLERY

__all__ = ["picture"]

_WIDTH, _ROW, _LEFT, _GAP, _EXAMPLES = 900, 64, 150, 14, 4
_LENGTHS = {"year": 731, "series": 400, "seasons": 168}
_USUAL_LENGTH, _SEED = 240, 7
_COLOUR = "#5b8db8"


def picture(group: str) -> str:
    """Draw the families of a group of the gallery, always with the same seed."""
    length = _LENGTHS.get(group, _USUAL_LENGTH)
    wide = (_WIDTH - _LEFT - _GAP * _EXAMPLES) / _EXAMPLES
    parts: list[str] = []
    for row, (name, drawn) in enumerate(GALLERY[group].items()):
        draws = Draws(_EXAMPLES * 8, torch.Generator().manual_seed(_SEED + row))
        top = 10 + row * _ROW
        parts.append(svg.text(0, top + _ROW / 2, name))
        rows = _telling(drawn(draws, length).numpy().astype(np.float64))
        for column, values in enumerate(rows):
            left = _LEFT + column * (wide + _GAP)
            across = left + np.linspace(0, wide, length)
            spread = np.ptp(values) or 1.0
            down = top + 4 + (values.max() - values) / spread * (_ROW - 14)
            parts += svg.curve(across, down, _COLOUR, 1.0)
    height = 20 + _ROW * len(GALLERY[group])
    title = f"Synthetic series: {group}"
    return svg.document(parts, title, _WIDTH, height)


def _telling(rows: np.ndarray) -> list[np.ndarray]:
    """Some examples, those that are not flat first."""
    order = sorted(range(len(rows)), key=lambda row: bool(np.ptp(rows[row]) == 0))
    return [rows[row] for row in order[:_EXAMPLES]]
