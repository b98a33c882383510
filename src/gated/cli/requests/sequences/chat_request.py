"""Defines the options of `gated chat`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from gated.cli.options.option import OUTPUT, Option
from gated.cli.options.readers import one_path
from gated.cli.paths import check_places
from gated.cli.requests.request import Quiet, Request

__all__ = ["ChatRequest"]


@dataclass(frozen=True, kw_only=True)
class ChatRequest(Request):
    """The options of `gated chat`; None: not given."""

    model: Annotated[Path, Option("", "MODEL", help="A file that `gated train dialogue` wrote.")]
    state: Annotated[
        Path | None,
        Option(
            "--state",
            "FILE",
            help="Go on with the dialogue of this file, where it exists, and write it at the end.",
            read=one_path,
            file="written",
        ),
    ] = None
    as_json: Annotated[
        bool,
        Option(
            "--json",
            help="Write one JSON object for each reply, with its confidence and other replies.",
            panel=OUTPUT,
        ),
    ] = False
    quiet: Quiet = False

    def __post_init__(self) -> None:
        check_places({"MODEL": self.model}, {"--state": self.state}, {})
