"""The sentences of a story, with the gates of each layer and their shares in an answer."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from gated.arrays import FloatArray, IntArray
from gated.errors import UsageError
from gated.plot.colours import KEPT
from gated.plot.panels.picture import INK, Frame, Page, Panel, legend, text_element
from gated.text import printable, whole_percent

__all__ = ["StoryTable"]

_ROW, _CELL, _BAR = 20.0, 18.0, 70.0
_NARROWEST = 12  # characters of a sentence that are shown in any case
_LETTER = 6.6  # average width of a letter in pixels
_SHADES, _ASCII_SHADES = "█▓▒░ ", "#*:. "  # from overwritten to kept


@dataclass(frozen=True)
class StoryTable(Panel):
    """A row for each sentence: its number, its share, the update gates of the layers, its text.

    Attributes:
        title: above it.
        sentences: N rows of text.
        numbers: [N] of the sentences in the story, from 1.
        shares: [N] in the memory of the answer.
        kept: [N, K] the update gate of each layer.
        chosen: which rows are marked.

    Raises:
        UsageError: the arrays have other lengths, or there is no sentence.
    """

    title: str
    sentences: tuple[str, ...]
    numbers: IntArray
    shares: FloatArray
    kept: FloatArray
    chosen: tuple[bool, ...]

    def __post_init__(self) -> None:
        count = len(self.sentences)
        lengths = {count, len(self.numbers), len(self.shares), len(self.kept), len(self.chosen)}
        if count == 0 or lengths != {count} or self.kept.ndim != 2:
            raise UsageError(
                f"{count} sentences with gates of the shape {list(self.kept.shape)} are given. "
                "Expected at least one, with a row of gates each."
            )

    def height(self, width: float) -> float:
        """See `Panel`."""
        return _ROW * (len(self.sentences) + 1)

    def svg(self, frame: Frame) -> list[str]:
        """See `Panel`."""
        layers = self.kept.shape[1]
        bars = frame.left + 30
        cells = bars + _BAR + 46
        words = cells + layers * _CELL + 12
        parts = [text_element(bars, frame.top + 12, "share")]
        parts += [
            text_element(cells + (layer + 0.5) * _CELL, frame.top + 12, f"{layer + 1}", "middle")
            for layer in range(layers)
        ]
        colour = KEPT.hex(1.0)
        for row, sentence in enumerate(self.sentences):
            top = frame.top + _ROW * (row + 1)
            base = top + 14
            parts.append(text_element(frame.left + 20, base, f"{self.numbers[row]:,}", "end"))
            parts.append(
                f'<rect x="{bars:g}" y="{top + 4:.1f}" width="{self.shares[row] * _BAR:.1f}" '
                f'height="12" fill="{colour}"/>'
            )
            share = whole_percent(float(self.shares[row]))
            parts.append(text_element(bars + _BAR + 38, base, share, "end"))
            parts += [
                f'<rect x="{cells + layer * _CELL:.1f}" y="{top + 1:.1f}" width="{_CELL - 1:g}" '
                f'height="{_ROW - 2:g}" fill="{KEPT.hex(float(gate))}"/>'
                for layer, gate in enumerate(self.kept[row])
            ]
            room = int((frame.left + frame.width - words) / _LETTER)
            shown = text_element(words, base, _shortened(sentence, max(room, _NARROWEST), len))
            bold = f'<g font-weight="bold">{shown}</g>'
            parts.append(bold if self.chosen[row] else shown)
        parts.append(
            f'<line x1="{frame.left:g}" x2="{frame.left + frame.width:g}" '
            f'y1="{frame.top + _ROW - 2:.1f}" y2="{frame.top + _ROW - 2:.1f}" stroke="{INK}"/>'
        )
        return parts + legend(frame, KEPT)

    def lines(self, page: Page) -> list[Text]:
        """See `Panel`."""
        width = len(f"{self.numbers.max():,}")
        found = []
        for row, sentence in enumerate(self.sentences):
            line = Text(f"{'>' if self.chosen[row] else ' '}{self.numbers[row]:>{width},} ")
            line.append(f"{whole_percent(float(self.shares[row])):>6} ")
            for gate in self.kept[row]:
                line.append_text(_cell(float(gate), page))
            room = max(page.width - line.cell_len + 6, _NARROWEST)
            shown = _shortened(sentence, room, cell_len)
            line.append(f" {shown}", "bold" if self.chosen[row] else "")
            found.append(line)
        return found


def _cell(kept: float, page: Page) -> Text:
    if page.is_coloured:
        red, green, blue = KEPT.colours(np.array(kept)).tolist()
        return Text("  ", Style(bgcolor=f"rgb({red},{green},{blue})"))
    shades = _ASCII_SHADES if page.ascii_only else _SHADES
    return Text(shades[min(int(kept * len(shades)), len(shades) - 1)] * 2)


def _shortened(sentence: str, room: int, width: Callable[[str], int]) -> str:
    """A sentence that fits into the room, without control characters."""
    shown = printable(sentence)
    if width(shown) <= room:
        return shown
    while width(shown) > room - 2:
        shown = shown[:-1]
    return f"{shown} …"
