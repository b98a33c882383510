"""Prints on a terminal, with control characters shown instead of executed.

Names of columns, series and files come from others, and may contain escape sequences. All that the
commands print goes through this console or through `gated.cli.output.stdout`.
"""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from gated.text import printable_lines

__all__ = ["VisibleConsole"]


class VisibleConsole(Console):
    """A console of rich that makes the control characters of every text visible."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render to segments; those that move the cursor of a progress bar are left as they are."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(printable_lines(segment.text), segment.style)
