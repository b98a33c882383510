"""The few SVG elements a chart is made of, as text; coordinates are pixels from the top left."""

from xml.sax.saxutils import escape, quoteattr

import numpy as np

from gated.arrays import BoolArray, FloatArray
from gated.text import printable

__all__ = ["area", "curve", "document", "points", "rule", "text"]


_GREY = "#808080"
_FONTS = "system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"


def curve(x: FloatArray, y: FloatArray, colour: str, thickness: float) -> list[str]:
    """Join points by lines, leaving gaps at NaN; a point alone among gaps becomes a dot.

    >>> curve(np.array([1.0, 2.0]), np.array([5.0, 6.0]), "red", 1.5)[0][:26]
    '<path d="M1.0 5.0L2.0 6.0"'
    """
    runs = _runs(~np.isnan(y))
    path = "".join(_path(x[run], y[run]) for run in runs if run.stop - run.start > 1)
    alone = [run.start for run in runs if run.stop - run.start == 1]
    stroke = (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{thickness}" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )
    return [stroke] * bool(path) + points(x[alone], y[alone], colour, thickness)


def area(
    x: FloatArray, lower: FloatArray, upper: FloatArray, colour: str, opacity: float
) -> list[str]:
    """Fill between two curves, leaving gaps where either is NaN."""
    path = ""
    for run in _runs(~np.isnan(lower) & ~np.isnan(upper)):
        there_and_back = np.concatenate([x[run], x[run][::-1]])
        path += _path(there_and_back, np.concatenate([upper[run], lower[run][::-1]])) + "Z"
    return [f'<path d="{path}" fill="{colour}" fill-opacity="{opacity}"/>'] if path else []


def points(x: FloatArray, y: FloatArray, colour: str, radius: float) -> list[str]:
    """Draw a dot for every point that is not NaN."""
    return [
        f'<circle cx="{across:.1f}" cy="{down:.1f}" r="{radius}" fill="{colour}"/>'
        for across, down in zip(x, y, strict=True)
        if not np.isnan(down)
    ]


def rule(x: tuple[float, float], y: tuple[float, float], style: str = "") -> str:
    """Draw a straight grey line from (x[0], y[0]) to (x[1], y[1])."""
    return (
        f'<line x1="{x[0]:.1f}" y1="{y[0]:.1f}" x2="{x[1]:.1f}" y2="{y[1]:.1f}" '
        f'stroke="{_GREY}" {style}/>'
    )


def text(
    x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, weight: int = 400
) -> str:
    """Write words, whoever chose them: markup in them is escaped.

    >>> text(0, 0, "<b>").split(">", 1)[1]
    '&lt;b&gt;</text>'
    """
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}" fill="{_GREY}">{escape(printable(words))}</text>'
    )


def document(parts: list[str], name: str, width: int, height: int) -> str:
    """Wrap elements into an SVG document that a screen reader calls by its name."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" '
            f'aria-label={quoteattr(printable(name))} font-family="{_FONTS}">',
            *parts,
            "</svg>\n",
        ]
    )


def _path(x: FloatArray, y: FloatArray) -> str:
    return "M" + "L".join(f"{across:.1f} {down:.1f}" for across, down in zip(x, y, strict=True))


def _runs(known: BoolArray) -> list[slice]:
    """Return the stretches without a gap."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]])))
    return [slice(start, stop) for start, stop in edges.reshape(-1, 2).tolist()]
