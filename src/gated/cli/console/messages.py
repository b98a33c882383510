"""Everything said goes to stderr, so that stdout holds data and nothing else."""

from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

__all__ = ["Messages"]

LABEL_WIDTH = 9  # "Decided", "Written" and two spaces


class Messages:
    """What a command says to the person who typed it.

    On a terminal the sentences are wrapped and hang behind their label; in a file or a pipe each
    stays on one line.

    Args:
        quiet: say nothing but errors.
        console: where to; stderr by default.
    """

    def __init__(self, *, quiet: bool = False, console: Console | None = None) -> None:
        self.quiet = quiet
        self.console = console or Console(stderr=True, highlight=False, emoji=False)

    @property
    def can_move(self) -> bool:
        """Whether a progress bar may be drawn: not in a file, and not when quiet."""
        return self.console.is_terminal and not self.console.is_dumb_terminal and not self.quiet

    def tell(self, label: str, *sentences: str) -> None:
        """Say some sentences behind a label, which stands once."""
        if self.quiet:
            return
        for sentence in sentences:
            for line in self._wrapped(sentence):
                self._print(Text.assemble((f"{label:<{LABEL_WIDTH}}", "bold"), line))
                label = ""

    def show(self, label: str, picture: RenderableType) -> None:
        """Show a picture behind a label."""
        if self.quiet:
            return
        beside = Table.grid(Column(width=LABEL_WIDTH), Column())
        beside.add_row(Text(label, style="bold"), picture)
        self.console.print(beside)

    def line(self, text: str = "", style: str = "") -> None:
        """Say one line as it stands."""
        if not self.quiet:
            self._print(Text(text, style=style))

    def error(self, message: str) -> None:
        """Say what went wrong; even when quiet."""
        self._print(Text.assemble(("Error:", "bold red"), " ", message))

    def _wrapped(self, sentence: str) -> list[Text]:
        text = Text(sentence)
        if not self.console.is_terminal:
            return [text]
        return list(text.wrap(self.console, max(20, self.console.width - LABEL_WIDTH)))

    def _print(self, text: Text) -> None:
        self.console.print(text, soft_wrap=not self.console.is_terminal)
