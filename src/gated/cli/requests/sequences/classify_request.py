"""Defines the options of `gated classify`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from gated.cli.options.option import OUTPUT, Option
from gated.cli.options.readers import one_path
from gated.cli.output.encoding import check_table_suffix
from gated.cli.paths import check_place
from gated.cli.requests.request import AsJson, Quiet, Request
from gated.cli.requests.sequences.picture_options import (
    Explain,
    PictureFile,
    check_picture,
    check_single,
)

__all__ = ["ClassifyRequest"]


@dataclass(frozen=True, kw_only=True)
class ClassifyRequest(Request):
    """The options of `gated classify`; None: not given."""

    model: Annotated[Path, Option("", "MODEL", help="A file that `gated train speech` wrote.")]
    files: Annotated[
        tuple[Path, ...],
        Option("", "FILES", help="Recordings: WAV, FLAC, OGG or MP3.", is_many=True),
    ]
    out: Annotated[
        Path | None,
        Option(
            "--out -o",
            "FILE",
            help="Write the labels to this file instead of stdout: .csv, .parquet or .json.",
            panel=OUTPUT,
            read=one_path,
            file="written",
        ),
    ] = None
    picture: PictureFile = None
    explain: Explain = False
    as_json: AsJson = False
    quiet: Quiet = False

    def __post_init__(self) -> None:
        if self.out is not None:
            check_table_suffix("--out", self.out)
            check_place("--out", self.out)
        check_single(len(self.files), "recording", self.picture, self.explain)
        check_picture(
            self.picture, self.out, {"MODEL": self.model, "FILES": next(iter(self.files), None)}
        )
