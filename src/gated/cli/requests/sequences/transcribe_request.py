"""Defines the options of `gated transcribe`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from gated.cli.options.option import OUTPUT, Option
from gated.cli.options.readers import one_path, whole_number
from gated.cli.output.encoding import check_table_suffix
from gated.cli.paths import check_place
from gated.cli.requests.request import Quiet, Request
from gated.cli.requests.sequences.picture_options import (
    Explain,
    PictureFile,
    check_picture,
    check_single,
)
from gated.errors import UsageError
from gated.tasks.limits import LARGEST

__all__ = ["STDIN", "TranscribeRequest"]

STDIN = Path("-")


@dataclass(frozen=True, kw_only=True)
class TranscribeRequest(Request):
    """The options of `gated transcribe`; None: not given."""

    model: Annotated[
        Path, Option("", "MODEL", help="A file that `gated train speech … --strings` wrote.")
    ]
    files: Annotated[
        tuple[Path, ...],
        Option(
            "",
            "FILES",
            help="Recordings: WAV, FLAC, OGG or MP3. - for a stream of raw samples on stdin: 16 "
            "bits, little-endian, one channel, at the model's rate.",
            is_many=True,
        ),
    ]
    beam: Annotated[
        int,
        Option(
            "--beam",
            "NUMBER",
            help="Strings that the beam search keeps; 1: the most probable path.",
            read=whole_number(least=1, most=LARGEST["beam"]),
        ),
    ] = 1
    out: Annotated[
        Path | None,
        Option(
            "--out -o",
            "FILE",
            help="Write the texts to this file instead of stdout: .csv, .parquet or .json.",
            panel=OUTPUT,
            read=one_path,
            file="written",
        ),
    ] = None
    picture: PictureFile = None
    explain: Explain = False
    as_json: Annotated[
        bool,
        Option(
            "--json",
            help="Write one JSON object to stdout, with times and confidences; with - one for "
            "each word.",
            panel=OUTPUT,
        ),
    ] = False
    quiet: Quiet = False

    def __post_init__(self) -> None:
        if self.out is not None:
            check_table_suffix("--out", self.out)
            check_place("--out", self.out)
        if STDIN not in self.files:
            check_single(len(self.files), "recording", self.picture, self.explain)
            first = next(iter(self.files), None)
            check_picture(self.picture, self.out, {"MODEL": self.model, "FILES": first})
            return
        if len(self.files) > 1:
            raise UsageError(
                f"FILES has - and {len(self.files) - 1} more. Expected files, or - alone for a "
                "stream. Run the command once for each."
            )
        if self.beam > 1:
            raise UsageError(
                "--beam is given with -. Expected none: a stream follows the most probable path. "
                "Leave --beam out, or record the sound to a file."
            )
        if self.picture is not None or self.explain:
            option = "--explain" if self.picture is None else "--picture"
            raise UsageError(
                f"{option} is given with -. Expected a file: a stream has no end to draw. Leave "
                f"{option} out, or record the sound to a file."
            )
        if self.out is not None:
            raise UsageError(
                "--out is given with -. Expected none: words are printed as they come. Leave "
                "--out out, and send stdout to a file: > FILE."
            )

    @property
    def is_stream(self) -> bool:
        """Whether the sound comes from stdin."""
        return list(self.files) == [STDIN]
