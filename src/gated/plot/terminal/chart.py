"""Base class of the terminal charts, which are drawn when a console prints them."""

from abc import ABC, abstractmethod

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from gated.text import printable

__all__ = ["TerminalChart", "printable"]

_WIDTH_AS_TEXT = 80


class TerminalChart(ABC):
    """A rich renderable that is drawn for the width and the encoding of the console.

    On a console whose encoding is not UTF-8 it is drawn in plain ASCII. `str()` draws it without
    colour, 80 characters wide.
    """

    @abstractmethod
    def render(self, width: int, *, ascii_only: bool) -> Text:
        """Draw the chart as styled text.

        Args:
            width: characters in a line, at most.
            ascii_only: whether to use neither braille nor blocks nor box lines.
        """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw for this console (rich calls this)."""
        yield self.render(options.max_width, ascii_only=options.ascii_only)

    def __str__(self) -> str:
        """Draw as plain text."""
        return self.render(_WIDTH_AS_TEXT, ascii_only=False).plain
