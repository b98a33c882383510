"""Draws labelled horizontal bars in the terminal, such as the weights of the season memory."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from gated.errors import UsageError
from gated.plot.terminal.chart import TerminalChart, printable

__all__ = ["BarTable", "bar_table"]

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")  # of a character, from the left
_BAR, _NOTE = "#5b8db8", "#808080"
_SHORTEST, _LONGEST = 4, 40  # characters of a full bar


def bar_table(rows: Iterable[tuple[str, float, str]], *, width: int | None = None) -> "BarTable":
    """Draw one bar a row; the bar of the largest value has the full length.

    Args:
        rows: label, value (zero or more; NaN gets no bar) and a note to write after the bar, such
            as "46 %".
        width: characters in a line; None for the width of the console.

    Returns:
        A rich renderable; `str()` of it is plain text.

    Raises:
        UsageError: for a negative or infinite value.

    >>> print(bar_table([("last Saturday", 0.46, "46 %"), ("a year ago", 0.09, "9 %")], width=36))
    last Saturday  ████████████████ 46 %
    a year ago     ███▏             9 %
    """
    table = [(str(label), float(value), str(note)) for label, value, note in rows]
    for label, value, _ in table:
        if value < 0 or math.isinf(value):
            raise UsageError(
                f"The value of {label!r} is {value}. Expected zero or more, as a length; "
                "pass sizes or shares, such as absolute values."
            )
    return BarTable(table, width)


@dataclass(frozen=True)
class BarTable(TerminalChart):
    """Bars that are drawn when a console prints them; made by `bar_table`, from its arguments."""

    rows: list[tuple[str, float, str]]
    width: int | None

    def render(self, width: int, *, ascii_only: bool) -> Text:
        """Draw labels, bars and notes in three columns."""
        labels = [printable(label, ascii_only=ascii_only) for label, _, _ in self.rows]
        notes = [printable(note, ascii_only=ascii_only) for _, _, note in self.rows]
        longest_note = max(map(cell_len, notes), default=0)
        room = (self.width or width) - longest_note - 3
        label_width = min(max(map(cell_len, labels), default=0), max(room - _SHORTEST, _SHORTEST))
        full = min(max(room - label_width, _SHORTEST), _LONGEST)
        largest = max((value for _, value, _ in self.rows if not math.isnan(value)), default=0.0)

        lines = []
        for label, (_, value, _), note in zip(labels, self.rows, notes, strict=True):
            share = value / largest if value > 0 else 0.0  # 0 also for NaN
            bar = _bar(share * full, ascii_only=ascii_only)
            line = Text(set_cell_size(label, label_width) + "  ")
            line.append(bar.ljust(full), style=_BAR).append(f" {note}", style=_NOTE)
            line.rstrip()
            lines.append(line)
        return Text("\n", no_wrap=True, overflow="crop", end="").join(lines)


def _bar(length: float, *, ascii_only: bool) -> str:
    """Draw a bar to an eighth of a character; of any positive length an eighth at least."""
    if ascii_only:
        return "#" * max(round(length), 1 if length > 0 else 0)
    eighths = max(round(length * 8), 1 if length > 0 else 0)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
