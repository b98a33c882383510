"""Defines the options of `gated train`, and checks them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from gated.cli.options.option import OUTPUT, TRAINING, Option
from gated.cli.options.readers import height_and_width, one_number, one_path, one_text, whole_number
from gated.cli.paths import check_place
from gated.cli.requests.request import AsJson, Quiet, Request
from gated.errors import UsageError
from gated.tasks.limits import LARGEST, MEDIA, READ_SUFFIXES
from gated.text import did_you_mean

__all__ = ["TABLES", "TrainRequest"]

TABLES = (".csv", ".tsv")
"""The suffixes of tables of recordings and their texts."""
_DATA = (*TABLES, *(suffix for each in READ_SUFFIXES.values() for suffix in each))


@dataclass(frozen=True, kw_only=True)
class TrainRequest(Request):
    """The options of `gated train`; None: not given."""

    medium: Annotated[
        str,
        Option(
            "",
            "[MEDIUM]",
            help=f"What to learn: {', '.join(MEDIA)}. By default found by the names of the files.",
            offered=MEDIA,
            is_text=True,
        ),
    ]
    path: Annotated[
        Path | None,
        Option(
            "",
            "PATH",
            help="A file, or a folder of files. For speech: a folder with one sub-folder of "
            "recordings a label; or a .csv or .tsv table of recordings beside it, with the columns "
            "file and text.",
        ),
    ] = None
    strings: Annotated[
        bool,
        Option(
            "--strings",
            help="Learn to write strings of the words of a folder down, for `gated transcribe`.",
            panel=TRAINING,
        ),
    ] = False
    symbols: Annotated[
        str,
        Option(
            "--symbols",
            "KIND",
            help="What the texts of a table are made of: words or characters.",
            panel=TRAINING,
            read=one_text,
            choices=("words", "characters"),
        ),
    ] = "words"
    rate: Annotated[
        float | None,
        Option(
            "--rate",
            "FPS",
            help="Resample all motions to so many frames a second.",
            panel=TRAINING,
            read=one_number(example="30"),
        ),
    ] = None
    size: Annotated[
        tuple[int, int] | None,
        Option(
            "--size",
            "HxW",
            help="Stretch all images to this height and width in pixels, or to a square of N.",
            panel=TRAINING,
            read=height_and_width,
        ),
    ] = None
    precision: Annotated[
        float | None,
        Option(
            "--precision",
            "SHARE",
            help="Share of right replies among those that are given in a dialogue; to all other "
            'turns the reply is "I do not know." 0: a reply to every turn. Default: 0.9.',
            panel=TRAINING,
            read=one_number(example="0.8"),
        ),
    ] = None
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
            help="Training steps; of each of the two runs for speech. Default: by the medium.",
            panel=TRAINING,
            read=whole_number(least=1, most=LARGEST["max_steps"]),
        ),
    ] = None
    hidden_size: Annotated[
        int | None,
        Option(
            "--hidden-size",
            "NUMBER",
            help="Features of the network. Default: by the medium.",
            panel=TRAINING,
            read=whole_number(least=1, most=LARGEST["hidden_size"]),
        ),
    ] = None
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
    gradients: Annotated[
        bool,
        Option(
            "--gradients",
            help="Print how far back the gradients of the trained layers reach, and what would "
            "help.",
            panel=TRAINING,
        ),
    ] = False
    as_json: AsJson = False
    quiet: Quiet = False

    def __post_init__(self) -> None:
        if self.path is None and self.medium in MEDIA:
            raise UsageError(
                f"PATH is missing. Expected the files to learn from: gated train {self.medium} "
                "PATH --out FILE."
            )
        if self.path is not None and self.medium not in MEDIA:
            raise UsageError(
                f"MEDIUM {self.medium} is unknown.{did_you_mean(self.medium, MEDIA)} Expected one "
                f"of {', '.join(MEDIA)}."
            )
        if self.out is None:
            raise UsageError(
                "--out is missing. Expected the file for the trained model, such as "
                "--out mine.gated."
            )
        if self.out.name.lower().endswith(_DATA):
            raise UsageError(
                f"--out {self.out}: names a file of data. Expected a name for the trained model, "
                "such as mine.gated."
            )
        if self.out.exists() and self.source.exists() and self.out.samefile(self.source):
            raise UsageError(
                f"--out {self.out} would overwrite what is learned from. Choose another name."
            )
        check_place("--out", self.out)
        if self.precision is not None and not 0 <= self.precision <= 1:
            raise UsageError(
                f"--precision {self.precision:g} is no share. Expected a number from 0 to 1, such "
                "as --precision 0.8."
            )

    def check_medium(self, medium: str) -> None:
        """Check that the options of a medium are given for it only.

        Raises:
            UsageError: they are not, or have no effect.
        """
        given = {
            "--strings": ("speech", self.strings),
            "--symbols": ("speech", self.symbols == "characters"),
            "--rate": ("motion", self.rate is not None),
            "--size": ("image", self.size is not None),
            "--precision": ("dialogue", self.precision is not None),
        }
        for option, (expected, is_given) in given.items():
            if is_given and medium != expected:
                raise UsageError(
                    f"{option} is given for {medium}. Expected {expected}. Leave it out."
                )
        if self.symbols == "characters" and not self.is_table:
            raise UsageError(
                "--symbols characters is given, but PATH is a folder of words. Expected a table of "
                "texts, such as recordings/texts.csv. Leave --symbols out."
            )

    @property
    def is_table(self) -> bool:
        """Whether the path names a table of recordings and their texts."""
        return self.source.suffix.lower() in TABLES

    @property
    def given_sizes(self) -> dict[str, Any]:
        """The size of the network and the most training steps, as keywords, where given."""
        given = {"hidden_size": self.hidden_size, "max_steps": self.max_steps}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def source(self) -> Path:
        """The files to learn from."""
        return Path(self.medium) if self.path is None else self.path

    @property
    def given_medium(self) -> str | None:
        """The medium as typed; None where only a path was."""
        return None if self.path is None else self.medium

    @property
    def unfinished(self) -> Path:
        """The file that holds an interrupted training."""
        assert self.out is not None  # checked above
        return self.out.with_name(self.out.name + ".part")
