"""Draws synthetic series for pretraining, a batch at a time, from a seed.

No real series is used, so that every real table is new to the pretrained network.
"""

from gated.synthetic.series import draw_mask, draw_series
from gated.synthetic.time_axis import Seasonality

__all__ = ["Seasonality", "draw_mask", "draw_series"]
