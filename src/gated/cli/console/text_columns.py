"""Columns of text on a terminal."""

from rich.console import Console
from rich.text import Text

from gated.text import columns_of_text

__all__ = ["print_columns"]


def print_columns(
    console: Console, heads: list[str], content: list[list[str]], *, left: int = 1
) -> None:
    """Print columns under bold heads, the first `left` of them flush left; never wrapped."""
    head, *lines = columns_of_text(heads, content, left=left)
    console.print(Text(head, style="bold", no_wrap=True, overflow="crop"))
    for line in lines:
        console.print(Text(line, no_wrap=True, overflow="crop"))
