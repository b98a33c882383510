"""The options that several commands share, and how their words become values."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from gated.cli.request import LARGEST_NUMBER, whole_number
from gated.errors import GatedError, UsageError

# The panels of the help.
FORECAST, CHECK, ANSWER = "The forecast", "The check", "The answer"
LEARNING, READING = "Learning", "Reading the table, where its columns do not speak for themselves"


# Numbers are taken as text and read by us: typer's refusals do not repeat what was given.
def valued(metavar: str, help_text: str, panel: str) -> Any:
    """An option with a value."""
    return Option(metavar=metavar, help=help_text, rich_help_panel=panel)


def file(help_text: str, panel: str, *names: str) -> Any:
    """An option whose value is a file; `~` is the user's folder wherever it stands."""
    return Option(*names, metavar="FILE", parser=_path, help=help_text, rich_help_panel=panel)


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # there is no such user: a name like any other
        return Path(text)


def flag(name: str, help_text: str, panel: str | None = None) -> Any:
    """An option without a value."""
    return Option(name, metavar="", help=help_text, rich_help_panel=panel)


Table = Annotated[
    Path, Argument(metavar="TABLE", help="Past values: .csv, .tsv, .txt (also .gz) or .parquet.")
]
Horizon = Annotated[str | None, valued("STEPS", "How many steps ahead.", FORECAST)]
Covariate = Annotated[
    list[str] | None,
    valued("COLUMN", "A column that is known in advance; may be repeated.", FORECAST),
]
PastCovariate = Annotated[
    list[str] | None,
    valued("COLUMN", "A column that is known up to the present only; may be repeated.", FORECAST),
]
Static = Annotated[
    Path | None,
    file(
        "One row a series: its id, and features that do not change. A series without any past is "
        "forecast from those most like it.",
        FORECAST,
    ),
]
Holidays = Annotated[
    str | None, valued("PLACE", "Whose public holidays matter: GB, DE-BY, US-CA.", FORECAST)
]
Report = Annotated[
    Path | None,
    file("Write a page with charts of every series: .html.", ANSWER),
]
Quiet = Annotated[bool, flag("--quiet", "Say nothing but errors.", ANSWER)]
# Those of `gated.forecast.config` and `gated.table`, which take a second to load.
WAYS = ("none", "tune", "scratch", "auto")
LARGEST = {"seed": 2**63 - 1, "max_steps": 1_000_000}
LONGEST_SEASON = 1_000_000
Training = Annotated[
    str | None,
    valued(
        "WAY",
        "none: the shipped network as it is. tune: let it learn from the table. scratch: learn "
        "from nothing else. auto: whichever of the two errs less. Without it, none; auto with "
        "covariates.",
        LEARNING,
    ),
]
MaxSteps = Annotated[str | None, valued("STEPS", "Gradient steps, at most.", LEARNING)]
Seed = Annotated[str | None, valued("NUMBER", "The same seed gives the same forecast.", LEARNING)]
IdCol = Annotated[str | None, valued("COLUMN", "Tells series apart.", READING)]
TimeCol = Annotated[str | None, valued("COLUMN", "Holds the times.", READING)]
TargetCol = Annotated[str | None, valued("COLUMN", "Holds what is to be forecast.", READING)]
Freq = Annotated[str | None, valued("ALIAS", "The step: D, h, MS … or a number.", READING)]
SeasonLength = Annotated[
    str | None, valued("STEPS", "Steps in the main cycle: 7 for days.", READING)
]
TimeFormat = Annotated[str | None, valued("PATTERN", "How times are written: %d.%m.%Y.", READING)]
Fill = Annotated[str | None, valued("missing|zero", "What a step without a row means.", READING)]
Wide = Annotated[bool | None, flag("--wide/--long", "Whether each column is a series.", READING)]


@contextmanager
def horizon_asked_for(command: str, text: str | None, table: Path) -> Iterator[None]:
    """Where --horizon is missing, say so, behind whatever else is found wrong in the meantime.

    It has no default: how far to look is for the user to say.

    Raises:
        UsageError: it is missing.
    """
    if text is not None:
        yield
        return
    missing = (
        "--horizon is missing: how many steps ahead? Four weeks of daily data are\n"
        f"  gated {command} {table} --horizon 28"
    )
    try:
        yield
        from gated.table.io.source import check_file

        check_file(table.expanduser())
    except GatedError as other:
        raise UsageError(f"{other}\nBesides, {missing}") from other
    raise UsageError(missing)


def whole(option: str, text: str | None, *, least: int, most: int = LARGEST_NUMBER) -> int | None:
    """A whole number, where one was given."""
    return None if text is None else whole_number(option, text, least=least, most=most)


def reading(**words: str | bool | None) -> dict[str, Any]:
    """How the columns are to be read, as keywords of `gated.read_table`."""
    season = words.pop("season_length")
    text = season if isinstance(season, str) else None
    return {**words, "season_length": whole("--season-length", text, least=1, most=LONGEST_SEASON)}


def learning(
    training: str | None, *, seed: str | None, max_steps: str | None, holidays: str | None
) -> dict[str, int | str | None]:
    """Hyperparameters, as keywords of `gated.Forecaster`; None where one was not given.

    Raises:
        UsageError: the way to learn is unknown, or what is given would change nothing.
    """
    if training is not None and training not in WAYS:
        raise UsageError(f"--training {training}: expected one of {', '.join(WAYS)}.")
    wanted = {"--seed": seed, "--max-steps": max_steps, "--holidays": holidays}
    given = [option for option, value in wanted.items() if value is not None]
    if training == "none" and given:
        raise UsageError(
            f"--training none: nothing is learned, so {' and '.join(given)} would change nothing. "
            "Leave it out, or ask for --training auto."
        )
    return {
        "training": training,
        "holidays": holidays,
        "seed": whole("--seed", seed, least=0, most=LARGEST["seed"]),
        "max_steps": whole("--max-steps", max_steps, least=1, most=LARGEST["max_steps"]),
    }
