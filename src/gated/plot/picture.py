"""What all terminal pictures share: they are drawn when the console that shows them is known."""

from abc import ABC, abstractmethod

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from gated.text import printable

__all__ = ["TerminalPicture", "printable"]

_WIDTH_AS_TEXT = 80


class TerminalPicture(ABC):
    """A rich renderable that takes the console's width, and its encoding into account.

    Printed on a rich console whose encoding is not UTF-8 it is drawn in plain ASCII; `str()`
    gives it without colour, 80 characters wide.
    """

    @abstractmethod
    def render(self, width: int, *, ascii_only: bool) -> Text:
        """Draw.

        Args:
            width: characters a line may have.
            ascii_only: whether to do without braille, blocks and box lines.
        """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw for this console (rich calls this)."""
        yield self.render(options.max_width, ascii_only=options.ascii_only)

    def __str__(self) -> str:
        """Draw as plain text."""
        return self.render(_WIDTH_AS_TEXT, ascii_only=False).plain
