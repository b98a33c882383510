"""Writes and shows the pictures of the commands on sequences."""

from pathlib import Path
from typing import TYPE_CHECKING

from gated.cli.console.messages import Messages
from gated.files import write_whole

if TYPE_CHECKING:
    from gated.tasks.pictures import Explained

__all__ = ["picture_content", "show"]


def show(drawn: "Explained", picture: Path | None, messages: Messages) -> None:
    """Write the picture where a file is named, print the explanation, and draw in the terminal.

    The picture is drawn as text where the messages go to a terminal, and where a picture is
    requested without a file.

    Args:
        drawn: the picture.
        picture: the file; None for none.
        messages: prints to stderr.
    """
    if picture is not None:
        write_whole(picture, picture_content(drawn, picture.suffix).encode())
        messages.write("Picture", f"Written to {picture}.")
    if picture is None or messages.console.is_terminal:
        messages.write_drawing(drawn.picture)
    if drawn.explanation is not None:
        messages.write("Memory", *drawn.explanation.sentences)


def picture_content(drawn: "Explained", suffix: str) -> str:
    """The content of a file of a picture.

    Args:
        drawn: the picture.
        suffix: .svg, .html or .htm.
    """
    if suffix.lower() == ".svg":
        return drawn.picture.svg()
    from dataclasses import replace

    from gated.plot import stick_figure_page
    from gated.report.document import picture_page

    # The page has the sentences as text; in an image they could not be copied.
    sentences = drawn.picture.notes
    svg = replace(drawn.picture, notes=()).svg()
    if drawn.figure is None:
        return picture_page(drawn.picture.title, svg, sentences)
    title = drawn.picture.title
    below = svg if sentences else ""  # the figure itself shows the poses
    return stick_figure_page(*drawn.figure, title, below=below, sentences=sentences)
