"""Draws arrays: as text for the terminal, as SVG, or with matplotlib and plotly.

`fan_chart` and `fan_figure` draw a history and its forecast, `bar_table` draws shares, `sparkline`
a curve in one line of text.
"""

from gated.plot.bars import bar_table
from gated.plot.svg_figure import fan_figure
from gated.plot.terminal import fan_chart, sparkline

__all__ = ["bar_table", "fan_chart", "fan_figure", "sparkline"]
