"""Prints the heading and the last lines that all demos of shipped models share."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

import gated
from gated.cli.commands.sequences.pictures import picture_content
from gated.cli.console.messages import Messages
from gated.cli.console.visible_console import VisibleConsole
from gated.files import write_whole

if TYPE_CHECKING:
    from gated.tasks.pictures import Explained

__all__ = ["Demo", "run"]


@dataclass(frozen=True)
class Demo:
    """One demo.

    Attributes:
        title: what it shows.
        show: makes it: writes its files into a folder and prints its picture and messages.
        following: the command that does the same with data of one's own.
    """

    title: str
    show: Callable[["Stage"], None]
    following: str


@dataclass(frozen=True)
class Stage:
    """Where a demo prints and writes.

    Attributes:
        report: prints messages to stdout.
        console: of stdout.
        folder: for the files.
        seed: of what is drawn; None for another one each time.
        explain: whether to show the gates of the network.
    """

    report: Messages
    console: Console
    folder: Path
    seed: int | None
    explain: bool = False

    def picture(self, text: str) -> None:
        """Print a picture made of characters."""
        self.console.print(Text(text), soft_wrap=True)
        self.report.write_line()

    def explained(self, make: Callable[[], "Explained"], name: str) -> None:
        """Write the picture with the gates and show it, where it is requested.

        Args:
            make: makes the picture.
            name: of the file.
        """
        if self.explain:
            self.drawn(make(), name)

    def drawn(self, drawn: "Explained", name: str) -> None:
        """Show a picture, and write it."""
        path = self.folder / name
        write_whole(path, picture_content(drawn, path.suffix).encode())
        self.report.write_drawing(drawn.picture)
        self.report.write("Written", f"{path}: this picture.")
        if drawn.explanation is not None:
            self.report.write("Memory", *drawn.explanation.sentences)

    @property
    def width(self) -> int:
        """Characters of a line."""
        return min(self.console.width, 100)


def run(demo: Demo, folder: Path, seed: int | None, *, explain: bool = False) -> None:
    """Run a demo of a shipped model.

    Args:
        demo: which one.
        folder: for its files.
        seed: of what is drawn.
        explain: whether to show the gates of the network.
    """
    console = VisibleConsole(highlight=False)
    report = Messages(console=console)
    report.write_line(f"gated {gated.__version__}: recurrent networks that remember", style="bold")
    report.write_line(demo.title)
    report.write_line()
    demo.show(Stage(report, console, folder, seed, explain))
    report.write("Next", demo.following)
