"""Pieces whose parts are shaded by a share: characters, points of strokes, pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from gated.arrays import BoolArray, FloatArray
from gated.plot.colours import INKS, stretched
from gated.plot.panels.picture import INK, MARGIN, Frame, Page, Panel, image_element, legend
from gated.text import printable

__all__ = ["Characters", "Pixels", "Strokes"]

_CELL, _LINE = 8.0, 19.0
_DARK = 0.62  # above it, characters are white
_SHADES, _ASCII_SHADES = " ░▒▓█", " .:*#"
_PAPER, _INK, _DRAWING, _WIDE_DRAWING = "#ffffff", "#1d2b3a", 110.0, 260.0


@dataclass(frozen=True)
class Characters(Panel):
    """A text, each character on a ground whose shade is its share.

    Attributes:
        title: above it.
        text: at least one character.
        shares: [T] of each character, 0 to 1; None for a text without shades.
    """

    title: str
    text: str
    shares: FloatArray | None = None

    def height(self, width: float) -> float:
        """See `Panel`."""
        return _LINE * len(self._rows(int(width // _CELL)))

    def svg(self, frame: Frame) -> list[str]:
        """See `Panel`."""
        if self.shares is None:
            scale, values = None, None
        else:
            scale, values = stretched(self.shares)
        parts = []
        for row, places in enumerate(self._rows(int(frame.width // _CELL))):
            y = frame.top + row * _LINE
            for column, place in enumerate(places):
                x, ink = frame.left + column * _CELL, INK
                if scale is not None and values is not None:
                    ink = _ink(values[place])
                    parts.append(
                        f'<rect x="{x:g}" y="{y:g}" width="{_CELL + 0.3:g}" '
                        f'height="{_LINE - 1:g}" fill="{scale.hex(values[place])}"/>'
                    )
                shown = escape(_shown(self.text[place]))
                parts.append(
                    f'<text x="{x + _CELL / 2:g}" y="{y + 13:g}" text-anchor="middle" '
                    f'font-family="monospace" fill="{ink}">{shown}</text>'
                )
        return parts if scale is None else parts + legend(frame, scale)

    def lines(self, page: Page) -> list[Text]:
        """See `Panel`: in colours, or with a line of shades below each line."""
        rows = self._rows(page.width)
        found = []
        for places in rows:
            line = [printable(_shown(self.text[at]), ascii_only=page.ascii_only) for at in places]
            if self.shares is None:
                found.append(Text(" " * MARGIN + "".join(line)))
                continue
            scale, values = stretched(self.shares)
            if page.is_coloured:
                styles = [f"{_ink(values[at])} on {scale.hex(values[at])}" for at in places]
                cells = [Text(cell, style=style) for cell, style in zip(line, styles, strict=True)]
                found.append(Text(" " * MARGIN).append_text(Text().join(cells)))
            else:
                shades = _ASCII_SHADES if page.ascii_only else _SHADES
                below = [
                    shades[min(int(values[at] * len(shades)), len(shades) - 1)] for at in places
                ]
                found += [Text(" " * MARGIN + "".join(cells)) for cells in (line, below)]
        return found

    def _rows(self, columns: int) -> list[list[int]]:
        """The places of the characters of each row; the end of a line is part of its row."""
        rows: list[list[int]] = [[]]
        for place, character in enumerate(self.text):
            if len(rows[-1]) >= columns:
                rows.append([])
            rows[-1].append(place)
            if character == "\n" and place + 1 < len(self.text):
                rows.append([])
        return rows


@dataclass(frozen=True)
class Strokes(Panel):
    """Drawings in cells, each line to a point with the colour of the point's share.

    Attributes:
        title: above them.
        drawings: of each the positions [T, 2] (y downwards), and whether the pen is lifted after
            each [T].
        text: the drawings for the terminal.
        shares: [T] of the points of each drawing; None for lines of one colour.
    """

    title: str
    drawings: Sequence[tuple[FloatArray, BoolArray]]
    text: str
    shares: Sequence[FloatArray] | None = None

    def height(self, width: float) -> float:
        """See `Panel`."""
        cell, columns = self._grid(width)
        return cell * math.ceil(len(self.drawings) / columns)

    def svg(self, frame: Frame) -> list[str]:
        """See `Panel`."""
        cell, columns = self._grid(frame.width)
        colours = [[_INK] * len(positions) for positions, _ in self.drawings]
        parts = []
        if self.shares is not None:
            scale, values = stretched(np.concatenate(list(self.shares)), INKS)
            ends = np.cumsum([len(own) for own in self.shares])[:-1]
            colours = [[scale.hex(value) for value in own] for own in np.split(values, ends)]
            parts += legend(frame, scale)
        for index, (positions, lifted) in enumerate(self.drawings):
            left = frame.left + index % columns * cell
            top = frame.top + index // columns * cell
            parts.append(
                f'<rect x="{left:g}" y="{top:g}" width="{cell:g}" height="{cell:g}" '
                f'fill="{_PAPER}" stroke="#d5d9de"/>'
            )
            places = _fitted(positions, left, top, cell)
            parts += _lines_of(places, lifted, colours[index], cell)
        return parts

    def lines(self, page: Page) -> list[Text]:
        """See `Panel`: without the shares."""
        return [Text(" " * MARGIN + line) for line in self.text.splitlines()]

    def _grid(self, width: float) -> tuple[float, int]:
        cell = _WIDE_DRAWING if len(self.drawings) == 1 else _DRAWING
        return cell, max(min(int(width // cell), len(self.drawings)), 1)


@dataclass(frozen=True)
class Pixels(Panel):
    """Images next to each other: as they are, and the share of each pixel.

    Attributes:
        title: above them.
        images: [H, W] uint8 grey.
        text: the images for the terminal.
        shares: [H, W], 0 to 1; NaN between images of a sheet. None for the images alone.
    """

    title: str
    images: NDArray[np.uint8]
    text: str
    shares: FloatArray | None = None

    def height(self, width: float) -> float:
        """See `Panel`."""
        rows, columns = self.images.shape
        return float(min((width - 20) / 2 * rows / columns, 420.0))

    def svg(self, frame: Frame) -> list[str]:
        """See `Panel`."""
        rows, columns = self.images.shape
        across = frame.height * columns / rows
        grey = np.repeat(self.images[..., None], 3, axis=2)
        parts = [image_element(grey, frame.left, frame.top, across, frame.height)]
        if self.shares is None:
            return parts
        inside = np.isfinite(self.shares)
        scale, values = stretched(self.shares[inside])
        colours = np.full((rows, columns, 3), 128, dtype=np.uint8)
        colours[inside] = scale.colours(values)
        left = frame.left + across + 20
        map_of_shares = image_element(colours, left, frame.top, across, frame.height)
        return [*parts, map_of_shares, *legend(frame, scale)]

    def lines(self, page: Page) -> list[Text]:
        """See `Panel`: without the shares."""
        return [Text(" " * MARGIN + line) for line in self.text.splitlines()]


def _ink(value: float) -> str:
    """The colour of a character on the ground of a value."""
    return "#ffffff" if value > _DARK else "#1b1f24"


def _shown(character: str) -> str:
    """A character as one that can be seen."""
    return {"\n": "↵", " ": "\N{NO-BREAK SPACE}"}.get(character, character)


def _fitted(positions: FloatArray, left: float, top: float, cell: float) -> FloatArray:
    """Positions in the middle of a cell."""
    low, high = positions.min(0), positions.max(0)
    scale = 0.8 * cell / max(float((high - low).max()), 1e-9)
    return np.asarray((positions - (low + high) / 2) * scale + [left + cell / 2, top + cell / 2])


def _lines_of(places: FloatArray, lifted: BoolArray, colours: list[str], cell: float) -> list[str]:
    """A line to each point from the one before it, and a dot where a stroke begins."""
    pen = max(cell / 60, 1.8)
    parts = []
    for index, (x, y) in enumerate(places):
        colour = colours[index]
        if index == 0 or lifted[index - 1]:
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{pen * 0.9:.1f}" fill="{colour}"/>')
        else:
            before = places[index - 1]
            parts.append(
                f'<path d="M{before[0]:.1f} {before[1]:.1f}L{x:.1f} {y:.1f}" stroke="{colour}" '
                f'stroke-width="{pen:.1f}" stroke-linecap="round"/>'
            )
    return parts
