"""Prints messages to stderr, so that stdout contains only data."""

from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

from gated.cli.console.visible_console import VisibleConsole
from gated.text import printable, printable_lines, shortened

__all__ = ["Messages"]

LABEL_WIDTH = 9  # labels of up to eight characters, and a space


class Messages:
    """Prints the messages of a command.

    On a terminal, sentences are wrapped to the right of their label; in a file or a pipe each is
    one line. Control characters, which a name of a file can have, are made visible.

    Args:
        quiet: print errors only.
        console: the destination; stderr by default.
    """

    def __init__(self, *, quiet: bool = False, console: Console | None = None) -> None:
        self.quiet = quiet
        self.console = console or VisibleConsole(stderr=True, highlight=False, emoji=False)

    @property
    def shows_progress(self) -> bool:
        """Whether a progress bar is drawn: only on a terminal, and not if quiet."""
        return self.console.is_terminal and not self.console.is_dumb_terminal and not self.quiet

    def write(self, label: str, *sentences: str) -> None:
        """Print sentences with a label before the first."""
        if self.quiet:
            return
        for sentence in sentences:
            for line in self._wrapped(sentence):
                self._print(Text.assemble((f"{label:<{LABEL_WIDTH}}", "bold"), line))
                label = ""

    def write_picture(self, label: str, picture: RenderableType) -> None:
        """Print a picture with a label to its left."""
        if self.quiet:
            return
        grid = Table.grid(Column(width=LABEL_WIDTH), Column())
        grid.add_row(Text(label, style="bold"), picture)
        self.console.print(grid)

    def write_drawing(self, drawing: RenderableType) -> None:
        """Print a picture in the whole width."""
        if not self.quiet:
            self.console.print(drawing)
            self.write_line()

    def write_line(self, text: str = "", style: str = "") -> None:
        """Print one line as it is."""
        if not self.quiet:
            self._print(Text(printable_lines(text), style=style))

    def write_error(self, message: str) -> None:
        """Print an error, even if quiet."""
        self._print(Text.assemble(("Error:", "bold red"), " ", printable_lines(shortened(message))))

    def _wrapped(self, sentence: str) -> list[Text]:
        text = Text(printable(shortened(sentence)))
        if not self.console.is_terminal:
            return [text]
        return list(text.wrap(self.console, max(20, self.console.width - LABEL_WIDTH)))

    def _print(self, text: Text) -> None:
        self.console.print(text, soft_wrap=not self.console.is_terminal)
