"""Defines the options of `gated answer`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from gated.cli.options.option import OUTPUT, Option
from gated.cli.options.readers import one_path
from gated.cli.requests.request import Quiet, Request
from gated.cli.requests.sequences.picture_options import PictureFile, check_picture, check_single
from gated.errors import UsageError

__all__ = ["STDIN", "AnswerRequest"]

STDIN = Path("-")


@dataclass(frozen=True, kw_only=True)
class AnswerRequest(Request):
    """The options of `gated answer`; None: not given."""

    model: Annotated[Path, Option("", "MODEL", help="A file that `gated train answers` wrote.")]
    questions: Annotated[
        tuple[str, ...],
        Option(
            "",
            "QUESTIONS",
            help='Questions about the story, such as "Where is Mary?".',
            is_many=True,
            is_text=True,
        ),
    ]
    story: Annotated[
        Path | None,
        Option(
            "--story",
            "FILE",
            help="The story: plain text, its sentences in their order. - for stdin. Without it the "
            "questions are asked before any sentence.",
            read=one_path,
        ),
    ] = None
    picture: PictureFile = None
    explain: Annotated[
        bool,
        Option(
            "--explain",
            help="Show which sentences the answer was made from, and the gates of the network at "
            "each sentence.",
            panel=OUTPUT,
        ),
    ] = False
    as_json: Annotated[
        bool,
        Option(
            "--json",
            help="Write one JSON list to stdout, with an object for each question.",
            panel=OUTPUT,
        ),
    ] = False
    quiet: Quiet = False

    def __post_init__(self) -> None:
        check_single(len(self.questions), "question", self.picture, self.explain)
        story = None if self.story == STDIN else self.story
        check_picture(self.picture, None, {"MODEL": self.model, "--story": story})
        if (self.picture is not None or self.explain) and self.story is None:
            option = "--explain" if self.picture is None else "--picture"
            raise UsageError(
                f"{option} is given without --story. Expected a story, whose sentences it shows. "
                f"Add --story FILE, or leave {option} out."
            )
