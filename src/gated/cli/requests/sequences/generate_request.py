"""Defines the options of `gated generate`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from gated.cli.options.option import GENERATION, OUTPUT, Option
from gated.cli.options.readers import one_number, one_path, one_text, whole_number
from gated.cli.paths import check_place
from gated.cli.requests.request import AsJson, Quiet, Request
from gated.cli.requests.sequences.picture_options import Explain, PictureFile, check_picture
from gated.tasks.limits import LARGEST

__all__ = ["GenerateRequest"]


@dataclass(frozen=True, kw_only=True)
class GenerateRequest(Request):
    """The options of `gated generate`; None: not given."""

    model: Annotated[
        Path, Option("", "MODEL", help="A file that `gated train` wrote, of any medium but speech.")
    ]
    out: Annotated[
        Path | None,
        Option(
            "--out -o",
            "FILE",
            help="Write to this file: .txt, .mid, .svg, .png or .bvh, as the medium is written. "
            "A text goes to stdout by default.",
            panel=OUTPUT,
            read=one_path,
            file="written",
        ),
    ] = None
    prompt: Annotated[
        str | None,
        Option(
            "--prompt",
            "TEXT",
            help="How it begins: a text, or for the other media a file of that medium.",
            panel=GENERATION,
            read=one_text,
        ),
    ] = None
    length: Annotated[
        int | None,
        Option(
            "--length",
            "NUMBER",
            help="Characters, sixteenths of music, points, frames. Default: by the medium.",
            panel=GENERATION,
            read=whole_number(least=1, most=LARGEST["length"]),
        ),
    ] = None
    count: Annotated[
        int | None,
        Option(
            "--count",
            "NUMBER",
            help="Make so many texts; or so many drawings or images, on one sheet.",
            panel=GENERATION,
            read=whole_number(least=1, most=LARGEST["count"]),
        ),
    ] = None
    temperature: Annotated[
        float,
        Option(
            "--temperature",
            "NUMBER",
            help="Below 1: nearer to what is most probable; above 1: more varied.",
            panel=GENERATION,
            read=one_number(example="0.8"),
        ),
    ] = 1.0
    top_k: Annotated[
        int | None,
        Option(
            "--top-k",
            "NUMBER",
            help="Draw from so many most probable symbols only.",
            panel=GENERATION,
            read=whole_number(least=1),
        ),
    ] = None
    top_p: Annotated[
        float | None,
        Option(
            "--top-p",
            "NUMBER",
            help="Draw from the most probable symbols that have this probability together.",
            panel=GENERATION,
            read=one_number(example="0.9"),
        ),
    ] = None
    stop: Annotated[
        str | None,
        Option(
            "--stop",
            "TEXT",
            help="End a text before this text.",
            panel=GENERATION,
            read=one_text,
        ),
    ] = None
    seed: Annotated[
        int | None,
        Option(
            "--seed",
            "NUMBER",
            help="Seed of the draws: the same seed makes the same piece. By default a new one.",
            panel=GENERATION,
            read=whole_number(least=0, most=LARGEST["seed"]),
        ),
    ] = None
    picture: PictureFile = None
    explain: Explain = False
    as_json: AsJson = False
    quiet: Quiet = False

    def __post_init__(self) -> None:
        if self.out is not None:
            check_place("--out", self.out)
        check_picture(self.picture, self.out, {"MODEL": self.model})
