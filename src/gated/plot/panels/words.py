"""Words at the times where they were spoken, in as many rows as their labels need."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from gated.plot.panels.picture import MARGIN, Frame, Page, Panel, text_element
from gated.text import percent, printable

__all__ = ["TimedWord", "Words"]

_LETTER, _ROW, _SPACE = 7.0, 32.0, 8.0
_COLOUR = "#b83a08"  # of bars: readable on white and on black


@dataclass(frozen=True)
class TimedWord:
    """A word, and when it was said.

    Attributes:
        word: any text.
        begin, end: on the axis.
        confidence: 0 to 1.
    """

    word: str
    begin: float
    end: float
    confidence: float

    @property
    def label(self) -> str:
        """The word and its confidence."""
        return f"{printable(self.word)} ({percent(self.confidence)})"


@dataclass(frozen=True)
class Words(Panel):
    """Words with their confidence, each above a bar from its begin to its end.

    Attributes:
        words: in any order.
        title: above them.
    """

    words: Sequence[TimedWord]
    title: str
    begin: float
    end: float

    def height(self, width: float) -> float:
        """See `Panel`."""
        frame = Frame(0, 0, width, 0, self.begin, self.end)
        return _ROW * len(self._rows(frame))

    def svg(self, frame: Frame) -> list[str]:
        """See `Panel`."""
        parts = []
        for row, words in enumerate(self._rows(frame)):
            y = frame.top + row * _ROW
            for word, left, right in words:
                begin, end = frame.x(word.begin), frame.x(word.end)
                parts.append(text_element((left + right) / 2, y + 14, word.label, anchor="middle"))
                parts.append(
                    f'<rect x="{begin:.1f}" y="{y + 20:g}" width="{max(end - begin, 1):.1f}" '
                    f'height="4" rx="2" fill="{_COLOUR}"/>'
                )
        return parts

    def lines(self, page: Page) -> list[Text]:
        """See `Panel`: a word begins above the time of its begin."""
        rows: list[list[str]] = []
        for word in sorted(self.words, key=lambda each: each.begin):
            label = printable(word.label, ascii_only=page.ascii_only)[: page.width]
            at = min(page.column(word.begin), page.width - len(label))
            free = (
                row for row in rows if not "".join(row[max(at - 1, 0) : at + len(label)]).strip()
            )
            row = next(free, None)
            if row is None:
                row = [" "] * page.width
                rows.append(row)
            row[at : at + len(label)] = label
        return [Text(" " * MARGIN + "".join(row)) for row in rows]

    def _rows(self, frame: Frame) -> list[list[tuple[TimedWord, float, float]]]:
        """The words of each row, with the left and right end of each label in pixels."""
        rows: list[list[tuple[TimedWord, float, float]]] = []
        ends: list[float] = []  # of what a row has so far
        for word in sorted(self.words, key=lambda each: each.begin):
            begin, end = frame.x(word.begin), frame.x(word.end)
            size = _LETTER * len(word.label)
            middle = min(
                max((begin + end) / 2, frame.left + size / 2), frame.left + frame.width - size / 2
            )
            left, right = middle - size / 2, middle + size / 2
            first, last = min(begin, left), max(end, right) + _SPACE
            row = next((index for index, taken in enumerate(ends) if taken <= first), len(rows))
            if row == len(rows):
                rows.append([])
                ends.append(last)
            rows[row].append((word, left, right))
            ends[row] = last
        return rows
