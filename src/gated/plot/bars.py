"""Labelled horizontal bars for the terminal: what the memory kept, and how much of it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from gated.errors import UsageError
from gated.plot.picture import TerminalPicture, printable

__all__ = ["BarTable", "bar_table"]

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")  # of a character, from the left
_BAR, _NOTE = "#5b8db8", "#808080"
_SHORTEST, _LONGEST = 4, 40  # characters of a full bar


def bar_table(rows: Iterable[tuple[str, float, str]], *, width: int | None = None) -> "BarTable":
    """Draw one bar a row, the largest value filling the room there is.

    Args:
        rows: label, value (zero or more; NaN gets no bar) and a note written behind the bar, such
            as "46 %".
        width: characters in a line; None takes the console's.

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
                f"A bar has a length, zero or more; {label!r} has {value}. "
                "Pass sizes or shares, such as absolute values."
            )
    return BarTable(table, width)


@dataclass(frozen=True)
class BarTable(TerminalPicture):
    """Bars waiting for their console; made by `bar_table`, whose arguments it keeps."""

    rows: list[tuple[str, float, str]]
    width: int | None

    def render(self, width: int, *, ascii_only: bool) -> Text:
        """Draw: labels, bars and notes in three columns."""
        labels = [printable(label, ascii_only=ascii_only) for label, _, _ in self.rows]
        notes = [printable(note, ascii_only=ascii_only) for _, _, note in self.rows]
        longest_note = max(map(cell_len, notes), default=0)
        room = (self.width or width) - longest_note - 3
        gutter = min(max(map(cell_len, labels), default=0), max(room - _SHORTEST, _SHORTEST))
        full = min(max(room - gutter, _SHORTEST), _LONGEST)
        largest = max((value for _, value, _ in self.rows if not math.isnan(value)), default=0.0)

        lines = []
        for label, (_, value, _), note in zip(labels, self.rows, notes, strict=True):
            share = value / largest if value > 0 else 0.0  # NaN is not above zero either
            bar = _bar(share * full, ascii_only=ascii_only)
            line = Text(set_cell_size(label, gutter) + "  ")
            line.append(bar.ljust(full), style=_BAR).append(f" {note}", style=_NOTE)
            line.rstrip()
            lines.append(line)
        return Text("\n", no_wrap=True, overflow="crop", end="").join(lines)


def _bar(length: float, *, ascii_only: bool) -> str:
    """Draw a bar to an eighth of a character; a sliver for anything above nothing."""
    if ascii_only:
        return "#" * max(round(length), 1 if length > 0 else 0)
    eighths = max(round(length * 8), 1 if length > 0 else 0)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
