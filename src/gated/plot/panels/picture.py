"""Stacks panels above one axis of time: as an SVG picture, or as text for the terminal."""

import base64
import math
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from gated.errors import UsageError
from gated.plot.colours import ColourScale
from gated.plot.terminal.chart import TerminalChart
from gated.plot.ticks import format_ticks, nice_ticks
from gated.png import png_bytes

__all__ = [
    "INK",
    "MARGIN",
    "Frame",
    "Page",
    "Panel",
    "Picture",
    "image_element",
    "legend",
    "text_element",
]

INK = "#767676"
"""Of lines and labels: readable on white and on black."""
MARGIN = 7
"""Characters to the left of a panel in the terminal."""
_LEFT, _RIGHT, _TOP, _GAP, _TITLE = 64.0, 16.0, 10.0, 12.0, 18.0
_AXIS, _NOTE = 34.0, 17.0
_NOTE_LETTERS = 6.0  # average width of a letter of a note in pixels
_NARROWEST = 300
_STEP = "step"
_LEGEND, _LEGEND_LETTERS = 90.0, 6.6


@dataclass(frozen=True)
class Frame:
    """Where a panel is drawn.

    Attributes:
        left, top, width, height: in pixels.
        begin, end: of the axis.
    """

    left: float
    top: float
    width: float
    height: float
    begin: float
    end: float

    def x(self, time: float) -> float:
        """The place of a time."""
        return self.left + (time - self.begin) / (self.end - self.begin) * self.width


@dataclass(frozen=True)
class Page:
    """How a panel is drawn as text.

    Attributes:
        width: characters to the right of the margin.
        begin, end: of the axis.
        ascii_only: whether to use no other characters.
        is_coloured: whether the console has colours.
    """

    width: int
    begin: float
    end: float
    ascii_only: bool
    is_coloured: bool

    def column(self, time: float) -> int:
        """The character of a time, from 0 to width − 1."""
        share = (time - self.begin) / (self.end - self.begin)
        return min(max(math.floor(share * self.width), 0), self.width - 1)


class Panel(ABC):
    """A part of a picture."""

    title: str

    @abstractmethod
    def height(self, width: float) -> float:
        """Pixels that it needs, where it is so wide."""

    @abstractmethod
    def svg(self, frame: Frame) -> list[str]:
        """Draw as SVG elements."""

    @abstractmethod
    def lines(self, page: Page) -> list[Text]:
        """Draw as lines of text, each with its margin; none where text cannot show it."""


@dataclass(frozen=True)
class Picture(TerminalChart):
    """Panels, one below the other.

    Attributes:
        title: read aloud by screen readers.
        panels: from the top.
        begin, end: of the axis.
        unit: after the numbers of the axis, such as "s"; without one they count steps. None for a
            picture without an axis.
        notes: sentences below the panels.

    Raises:
        UsageError: the axis has no length.
    """

    title: str
    panels: Sequence[Panel]
    begin: float
    end: float
    unit: str | None = "s"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.begin) and math.isfinite(self.end) and self.end > self.begin):
            raise UsageError(
                f"An axis from {self.begin:g} to {self.end:g} is given. Expected an end after the "
                "beginning. Pass at least one step."
            )

    def svg(self, width: int = 1000) -> str:
        """Draw as an SVG picture with a transparent background, for light and dark pages.

        Args:
            width: in pixels, at least 300.

        Raises:
            UsageError: the width is too small.
        """
        if width < _NARROWEST:
            raise UsageError(
                f"A width of {width} is given. Expected at least {_NARROWEST}. Choose 1000."
            )
        across, top = width - _LEFT - _RIGHT, _TOP
        parts: list[str] = []
        for panel in self.panels:
            if panel.title:
                parts.append(text_element(_LEFT, top + 11, panel.title))
                top += _TITLE
            frame = Frame(_LEFT, top, across, panel.height(across), self.begin, self.end)
            parts += panel.svg(frame)
            top += frame.height + _GAP
        if self.unit is not None:
            parts += self._axis(Frame(_LEFT, top - _GAP, across, 0, self.begin, self.end))
            top += _AXIS - _GAP
        wrapped = int((width - 2 * _RIGHT) / _NOTE_LETTERS)
        for note in self.notes:
            for line in textwrap.wrap(note.replace(" %", "\N{NO-BREAK SPACE}%"), wrapped):
                parts.append(text_element(_RIGHT, top + 12, line))
                top += _NOTE
        height = top + _TOP
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:g}" '
            f'viewBox="0 0 {width} {height:g}" role="img" color="{INK}" font-family="sans-serif" '
            f'font-size="12">'
        )
        return "\n".join([head, f"<title>{escape(self.title)}</title>", *parts, "</svg>"]) + "\n"

    def render(self, width: int, *, ascii_only: bool) -> Text:
        """Draw as text without colours."""
        return self._text(width, ascii_only=ascii_only, is_coloured=False)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw for this console (rich calls this), in colours where it has them."""
        yield self._text(
            options.max_width,
            ascii_only=options.ascii_only,
            is_coloured=console.color_system is not None and not console.no_color,
        )

    def _text(self, width: int, *, ascii_only: bool, is_coloured: bool) -> Text:
        page = Page(max(width - MARGIN, 12), self.begin, self.end, ascii_only, is_coloured)
        lines: list[Text] = []
        for panel in self.panels:
            drawn = panel.lines(page)
            if drawn and panel.title:
                lines.append(Text(panel.title))
            lines += drawn
        if lines and self.unit is not None:
            lines.append(self._axis_line(page))
        for line in lines:
            line.rstrip()
        return Text("\n", no_wrap=True, overflow="crop", end="").join(lines)

    def _ticks(self, count: int) -> list[tuple[float, str]]:
        ticks = nice_ticks(self.begin, self.end, max(count, 2))
        labels = format_ticks(ticks)
        return [
            (float(tick), f"{label} {self.unit}".rstrip())
            for tick, label in zip(ticks, labels, strict=True)
            if self.begin <= tick <= self.end
        ]

    def _axis(self, frame: Frame) -> list[str]:
        y = frame.top + 4
        parts = [
            f'<line x1="{frame.left:g}" x2="{frame.left + frame.width:g}" y1="{y:g}" y2="{y:g}" '
            f'stroke="{INK}"/>'
        ]
        for time, label in self._ticks(round(frame.width / 90)):
            x = frame.x(time)
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y:g}" y2="{y + 4:g}" stroke="{INK}"/>'
            )
            parts.append(text_element(x, y + 17, label, anchor="middle"))
        if not self.unit:
            parts.append(text_element(frame.left - 18, y + 17, _STEP, anchor="end"))
        return parts

    def _axis_line(self, page: Page) -> Text:
        line = [" "] * (page.width + MARGIN)
        if not self.unit:
            line[: len(_STEP)] = _STEP
        free = 0
        for time, label in self._ticks(max(page.width // 14, 2)):
            at = MARGIN + page.column(time)
            begin = min(at, page.width + MARGIN - len(label))
            if begin >= free:
                line[begin : begin + len(label)] = label
                free = begin + len(label) + 1
        return Text("".join(line))


def text_element(
    x: float, y: float, words: str, anchor: str = "start", colour: str = INK, size: int = 12
) -> str:
    """An SVG text with its baseline at y."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
        f'font-size="{size}">{escape(words)}</text>'
    )


def image_element(
    pixels: NDArray[np.uint8], x: float, y: float, width: float, height: float
) -> str:
    """An SVG image, embedded as PNG, whose pixels stay sharp."""
    content = base64.b64encode(png_bytes(pixels)).decode()
    return (
        f'<image x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" '
        f'preserveAspectRatio="none" image-rendering="pixelated" '
        f'href="data:image/png;base64,{content}"/>'
    )


def legend(frame: Frame, scale: ColourScale) -> list[str]:
    """The ends of a scale of colours in words, above the right end of a panel."""
    right, y = frame.left + frame.width, frame.top - 14
    left = right - len(scale.high) * _LEGEND_LETTERS - 4 - _LEGEND
    bar = scale.colours(np.linspace(0, 1, 32)[None])
    return [
        text_element(left - 4, y + 7, scale.low, anchor="end"),
        image_element(bar, left, y - 2, _LEGEND, 9),
        text_element(right, y + 7, scale.high, anchor="end"),
    ]
