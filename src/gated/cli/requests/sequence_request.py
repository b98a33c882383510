"""Defines the options of `gated train`, `gated classify` and `gated show`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from gated.cli.options import (
    OUTPUT,
    TRAINING,
    Option,
    one_path,
    whole_number,
)
from gated.cli.output.encoding import check_table_suffix
from gated.cli.paths import check_place
from gated.cli.requests.request import Request
from gated.errors import UsageError
from gated.tasks.limits import LARGEST

__all__ = ["ClassifyRequest", "ShowRequest", "TrainRequest"]

Quiet = Annotated[bool, Option("--quiet", help="Print errors only.", panel=OUTPUT)]


@dataclass(frozen=True, kw_only=True)
class TrainRequest(Request):
    """The options of `gated train`; None: not given."""

    medium: Annotated[
        str,
        Option("", "MEDIUM", help="What to learn: speech.", choices=("speech",)),
    ]
    path: Annotated[
        Path,
        Option("", "PATH", help="For speech: a folder with one sub-folder of recordings a label."),
    ]
    out: Annotated[
        Path | None,
        Option(
            "--out -o",
            "FILE",
            help="Write the trained model to this file, such as words.gated.",
            panel=OUTPUT,
            read=one_path,
            file="written",
        ),
    ] = None
    max_steps: Annotated[
        int | None,
        Option(
            "--max-steps",
            "NUMBER",
            help="Training steps of each of the two runs. Default: 1,500.",
            panel=TRAINING,
            read=whole_number(least=1, most=LARGEST["max_steps"]),
        ),
    ] = None
    hidden_size: Annotated[
        int,
        Option(
            "--hidden-size",
            "NUMBER",
            help="Features of the network.",
            panel=TRAINING,
            read=whole_number(least=1, most=LARGEST["hidden_size"]),
        ),
    ] = 64
    seed: Annotated[
        int,
        Option(
            "--seed",
            "NUMBER",
            help="Seed of the random numbers.",
            panel=TRAINING,
            read=whole_number(least=0, most=LARGEST["seed"]),
        ),
    ] = 0
    as_json: Annotated[
        bool, Option("--json", help="Write one JSON object to stdout.", panel=OUTPUT)
    ] = False
    quiet: Quiet = False

    def __post_init__(self) -> None:
        if self.out is None:
            raise UsageError(
                "--out is missing. Expected the file for the trained model, such as "
                "--out words.gated."
            )
        check_place("--out", self.out)


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
    as_json: Annotated[
        bool, Option("--json", help="Write one JSON object to stdout.", panel=OUTPUT)
    ] = False
    quiet: Quiet = False

    def __post_init__(self) -> None:
        if self.out is not None:
            check_table_suffix("--out", self.out)
            check_place("--out", self.out)


@dataclass(frozen=True, kw_only=True)
class ShowRequest(Request):
    """The options of `gated show`."""

    model: Annotated[Path, Option("", "MODEL", help="A model file of gated.")]
    as_json: Annotated[bool, Option("--json", help="Write one JSON object to stdout.")] = False
