"""Synthetic series for pretraining: seeded, drawn a batch at a time, no real series among them."""

from gated.synthetic.rhythm import Rhythm
from gated.synthetic.series import draw_mask, draw_series

__all__ = ["Rhythm", "draw_mask", "draw_series"]
