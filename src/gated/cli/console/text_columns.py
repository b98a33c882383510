"""Prints columns of text on a terminal."""

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from gated.text import columns_of_text, printable

__all__ = ["print_columns", "short_label"]

_LABEL_WIDTH = 24


def print_columns(
    console: Console,
    heads: list[str],
    content: list[list[str]],
    *,
    left: int = 1,
    hidden_rows: str = "",
    written_by: str,
) -> None:
    """Print columns under bold heads, as many as fit the width of the terminal.

    Args:
        console: the destination.
        heads: one for each column.
        content: the cells of each column.
        left: the number of left-aligned columns.
        hidden_rows: the rows that are not in `content`, such as "7 rows".
        written_by: the option that writes all rows and columns to a file.
    """
    heads = [printable(head) for head in heads]
    content = [[printable(cell) for cell in cells] for cells in content]
    count = len(heads)
    while count > 1 and _width(heads[:count], content[:count]) > console.width:
        count -= 1
    head, *lines = columns_of_text(heads[:count], content[:count], left=left)
    console.print(Text(head, style="bold", no_wrap=True, overflow="crop"))
    for line in lines:
        console.print(Text(line, no_wrap=True, overflow="crop"))
    hidden = [hidden_rows, _named_columns(heads[count:])]
    if any(hidden):
        named = "; ".join(filter(None, hidden))
        console.print(Text(f"Not shown: {named}. {written_by} FILE writes all.", style="dim"))


def short_label(label: object) -> str:
    """Return a label of a series, printable and at most 24 characters wide.

    >>> short_label("a series with a rather long name")
    'a series with a rather …'
    """
    text = printable(str(label))
    if cell_len(text) > _LABEL_WIDTH:
        return set_cell_size(text, _LABEL_WIDTH - 1) + "…"
    return text


def _named_columns(heads: list[str]) -> str:
    noun = "column" if len(heads) == 1 else "columns"
    return f"{noun} {', '.join(heads)}" if heads else ""


def _width(heads: list[str], content: list[list[str]]) -> int:
    return max(map(cell_len, columns_of_text(heads, content)))
