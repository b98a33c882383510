"""Charts of matplotlib as SVG files, which are legible on white and on black pages.

The background is transparent and every colour is of medium lightness. Text remains text, and the
same figures always give the same bytes, so that a picture changes in git only with its figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from io import StringIO
from typing import TYPE_CHECKING, Any

from gated.errors import UsageError

if TYPE_CHECKING:  # matplotlib is imported only where a chart is drawn: measurements need none
    from matplotlib.figure import Figure

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "POINTS_PER_PIXEL",
    "PURPLE",
    "RED",
    "as_svg",
    "chart_style",
    "new_figure",
]

BLUE, ORANGE, GREEN = "#5b8db8", "#e07b39", "#3f9e66"
PURPLE, RED, GREY = "#a0679e", "#c9556b", "#808080"

_PIXELS_PER_INCH = 96
POINTS_PER_PIXEL = 72 / _PIXELS_PER_INCH
"""matplotlib gives sizes of text and offsets in points."""

_STYLE: dict[Any, Any] = {  # matplotlib types its keys as literals, from 3.11 on
    "svg.fonttype": "none",
    "svg.hashsalt": "gated",
    # matplotlib contains DejaVu Sans, so that every machine computes the same layout.
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "Helvetica", "sans-serif"],
    "font.size": 8.5,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "ytick.left": False,
    "ytick.minor.left": False,
    "axes.grid.axis": "y",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    **dict.fromkeys(
        [
            "text.color",
            "axes.labelcolor",
            "axes.titlecolor",
            "axes.edgecolor",
            "xtick.color",
            "ytick.color",
            "grid.color",
        ],
        GREY,
    ),
}


@contextmanager
def chart_style() -> Iterator[None]:
    """Draw with the style of this module inside the block.

    Raises:
        UsageError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise UsageError(
            "matplotlib is not installed. Expected it for a picture: "
            'install it with pip install "gated[plot]".'
        )
    from matplotlib import rc_context

    with rc_context(_STYLE):
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of a size in pixels; its display coordinates are pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    size = (width / _PIXELS_PER_INCH, height / _PIXELS_PER_INCH)
    figure = Figure(figsize=size, dpi=_PIXELS_PER_INCH)
    FigureCanvasAgg(figure)  # it measures texts
    return figure


def as_svg(figure: Figure, title: str) -> str:
    """The figure as an SVG document, whose title screen readers read."""
    svg = StringIO()
    metadata = {"Title": title, "Date": None, "Creator": None}
    figure.savefig(svg, format="svg", transparent=True, metadata=metadata)
    return _PATH.sub(_short_path, svg.getvalue())


_PATH = re.compile(r'(?<= d=")[^"]*')
_NUMBER = re.compile(r"-?\d+\.\d+")


def _short_path(path: re.Match[str]) -> str:
    """A path on one line, with hundredths of a point: half the bytes, and no line per vertex."""
    on_one_line = " ".join(path[0].split())
    return _NUMBER.sub(lambda number: f"{float(number[0]):.2f}", on_one_line)
