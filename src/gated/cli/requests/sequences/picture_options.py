"""Defines the options of pictures, which the commands on sequences share."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from gated.cli.options.option import OUTPUT, Option
from gated.cli.options.readers import one_path
from gated.cli.paths import check_places
from gated.errors import UsageError

__all__ = ["Explain", "PictureFile", "check_picture", "check_single"]

_SUFFIXES = (".svg", ".html", ".htm")

PictureFile = Annotated[
    Path | None,
    Option(
        "--picture",
        "FILE",
        help="Write a picture to this file: .svg or .html.",
        panel=OUTPUT,
        read=one_path,
        file="written",
    ),
]
Explain = Annotated[
    bool,
    Option(
        "--explain",
        help="Add the gates of the network, what each step keeps of its memory, to the picture and "
        "in words; before them what each step contributes to a label or a word.",
        panel=OUTPUT,
    ),
]


def check_picture(picture: Path | None, out: Path | None, read: Mapping[str, Path | None]) -> None:
    """Check the place and the suffix of a picture.

    Args:
        picture: the file.
        out: of `--out`.
        read: the files that the command reads, by their name in messages.

    Raises:
        UsageError: it has another suffix, overwrites another file, or cannot be written.
    """
    if picture is None:
        return
    if picture.suffix.lower() not in _SUFFIXES:
        raise UsageError(
            f"--picture {picture}: a picture is an SVG file or an HTML page. Expected a name "
            "ending in .svg or .html."
        )
    check_places(read, {"--picture": picture}, {"--out": out})


def check_single(count: int, noun: str, picture: Path | None, explain: bool) -> None:
    """Check that there is one thing to draw or to explain.

    Raises:
        UsageError: there are more.
    """
    option = "--picture" if picture is not None else "--explain" if explain else None
    if option is not None and count > 1:
        raise UsageError(
            f"{option} is given with {count} {noun}s. Expected one {noun}: a picture shows one. "
            "Run the command once for each."
        )
