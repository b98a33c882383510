"""Columns of text on a terminal."""

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

__all__ = ["print_columns"]


def print_columns(
    console: Console, heads: list[str], content: list[list[str]], *, left: int = 1
) -> None:
    """Print columns under bold heads, the first `left` of them flush left; never wrapped."""
    head, *lines = _columns(heads, content, left=left)
    console.print(Text(head, style="bold", no_wrap=True, overflow="crop"))
    for line in lines:
        console.print(Text(line, no_wrap=True, overflow="crop"))


def _columns(
    heads: list[str], content: list[list[str]], *, left: int = 1, gap: str = "  "
) -> list[str]:
    """Lay out columns of text as lines, the first `left` of them flush left.

    >>> for line in _columns(["day", "sold"], [["Mon", "Tue"], ["7", "12"]]):
    ...     print(line)
    day  sold
    Mon     7
    Tue    12
    """
    widths = [
        max(map(cell_len, (head, *cells))) for head, cells in zip(heads, content, strict=True)
    ]
    lines = []
    for row in (heads, *zip(*content, strict=True)):
        cells = [
            cell + " " * (width - cell_len(cell))
            if index < left
            else " " * (width - cell_len(cell)) + cell
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(gap.join(cells).rstrip())
    return lines
