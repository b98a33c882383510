"""Draws arrays: as text for the terminal, as pages, or with matplotlib and plotly.

`fan_chart`, `fan_matplotlib` and `fan_plotly` draw a history and its forecast, `bar_table` and
`bars_matplotlib` shares, `sparkline` a curve in one line of text, `piano_roll_svg` and
`piano_roll_text` music, `stick_figure_page` and `stick_figure_svg` the movement of a body,
`image_text` an image.
"""

from gated.plot.notebook import bars_matplotlib, fan_matplotlib, fan_plotly
from gated.plot.piano_roll import piano_roll_svg, piano_roll_text
from gated.plot.stick_figure import stick_figure_page, stick_figure_svg
from gated.plot.terminal.bars import bar_table
from gated.plot.terminal.fan_chart import fan_chart, sparkline
from gated.plot.terminal.image_text import image_text

__all__ = [
    "bar_table",
    "bars_matplotlib",
    "fan_chart",
    "fan_matplotlib",
    "fan_plotly",
    "image_text",
    "piano_roll_svg",
    "piano_roll_text",
    "sparkline",
    "stick_figure_page",
    "stick_figure_svg",
]
