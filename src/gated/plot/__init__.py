"""Arrays in, pictures out: for the terminal as rich renderables, for pages as SVG text.

`fan_chart` and `fan_figure` draw a forecast behind its history, `bar_table` shares, `sparkline` a
curve in one line of text. Nothing here knows where the arrays come from.
"""

from gated.plot.bars import bar_table
from gated.plot.figure import fan_figure
from gated.plot.terminal import fan_chart, sparkline

__all__ = ["bar_table", "fan_chart", "fan_figure", "sparkline"]
