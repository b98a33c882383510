"""A heat map over time: a spectrogram, or the gates of a block."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.plot.colours import ColourScale, averaged
from gated.plot.panels.picture import (
    INK,
    MARGIN,
    Frame,
    Page,
    Panel,
    image_element,
    legend,
    text_element,
)

__all__ = ["HeatMap"]

_COLUMNS = 1_600  # of the picture at most
_SHADES, _ASCII_SHADES = " ░▒▓█", " .:*#"


@dataclass(frozen=True)
class HeatMap(Panel):
    """Values [rows, T] from 0 to 1 as colours; the first row is at the top.

    Attributes:
        title: above it.
        values: [R, T].
        begin, end: the times of its edges.
        scale: of colours.
        ticks: places of labels from the top, 0 to 1, and the labels.
        pixels: height in the picture.
        text_rows: lines in the terminal.

    Raises:
        UsageError: the values are no array of two axes with at least one value, or not finite.
    """

    title: str
    values: FloatArray
    begin: float
    end: float
    scale: ColourScale
    ticks: tuple[tuple[float, str], ...] = ()
    pixels: float = 130.0
    text_rows: int = 8

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or not self.values.size or not np.isfinite(self.values).all():
            raise UsageError(
                f"Values of the shape {list(self.values.shape)} are given, or values that are not "
                "finite. Expected finite numbers [R, T], at least one. Leave out empty sequences."
            )

    def height(self, width: float) -> float:
        """See `Panel`."""
        return self.pixels

    def svg(self, frame: Frame) -> list[str]:
        """See `Panel`."""
        values = self.values
        if values.shape[1] > _COLUMNS:
            values = averaged(values, _COLUMNS)
        left, right = frame.x(self.begin), frame.x(self.end)
        parts = [
            image_element(self.scale.colours(values), left, frame.top, right - left, frame.height)
        ]
        for place, label in self.ticks:
            y = frame.top + place * frame.height
            parts.append(
                f'<line x1="{frame.left - 4:g}" x2="{frame.left:g}" y1="{y:.1f}" y2="{y:.1f}" '
                f'stroke="{INK}"/>'
            )
            parts.append(text_element(frame.left - 7, y + 4, label, anchor="end"))
        return parts + legend(frame, self.scale)

    def lines(self, page: Page) -> list[Text]:
        """See `Panel`: half blocks in colours, or shades without colours."""
        first, last = page.column(self.begin), page.column(self.end)
        columns = max(last - first + 1, 1)
        rows = self.text_rows * (2 if page.is_coloured and not page.ascii_only else 1)
        cells = _resized(_resized(self.values, columns).T, rows).T
        labels = [""] * self.text_rows
        for place, label in self.ticks:
            labels[min(int(place * self.text_rows), self.text_rows - 1)] = label
        drawn = self._coloured(cells, page) if page.is_coloured else self._shaded(cells, page)
        bar = "|" if page.ascii_only else "│"
        return [
            Text(f"{label[: MARGIN - 2]:>{MARGIN - 2}} {bar}" + " " * first).append_text(row)
            for label, row in zip(labels, drawn, strict=True)
        ]

    def _coloured(self, cells: FloatArray, page: Page) -> list[Text]:
        colours = self.scale.colours(cells)
        if page.ascii_only:  # a blank on a coloured ground
            return [_joined([(" ", _style(None, cell)) for cell in row]) for row in colours]
        pairs = zip(colours[::2], colours[1::2], strict=True)
        return [
            _joined([("▀", _style(a, b)) for a, b in zip(upper, lower, strict=True)])
            for upper, lower in pairs
        ]

    def _shaded(self, cells: FloatArray, page: Page) -> list[Text]:
        shades = _ASCII_SHADES if page.ascii_only else _SHADES
        index = np.minimum((np.clip(cells, 0, 1) * len(shades)).astype(int), len(shades) - 1)
        return [Text("".join(shades[cell] for cell in row)) for row in index]


def _style(front: NDArray[np.uint8] | None, ground: NDArray[np.uint8]) -> Style:
    colour = None if front is None else "rgb({},{},{})".format(*front)
    return Style(color=colour, bgcolor="rgb({},{},{})".format(*ground))


def _joined(cells: list[tuple[str, Style]]) -> Text:
    return Text().join([Text(character, style=style) for character, style in cells])


def _resized(values: FloatArray, columns: int) -> FloatArray:
    """[n, columns] the means over equal parts; columns are repeated where there are too few."""
    if values.shape[1] >= columns:
        return averaged(values, columns)
    return np.asarray(values[:, np.arange(columns) * values.shape[1] // columns])
