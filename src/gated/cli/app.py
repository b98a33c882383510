"""The commands and their options. Each command imports what it needs when it is called."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option
from typer.main import get_command

import gated
from gated.cli.exits import Commands
from gated.cli.request import ForecastRequest, numbers, whole_number
from gated.cli.speech import Speech
from gated.errors import UsageError

__all__ = ["app", "command"]

app = typer.Typer(
    cls=Commands,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)

# The panels of the help.
_FORECAST, _ANSWER = "The forecast", "The answer"
_LEARNING, _READING = "Learning", "Reading the table, where its columns do not speak for themselves"


# Numbers are taken as text and read by us: typer's refusals do not repeat what was given.
def _option(metavar: str, help_text: str, panel: str) -> Any:
    return Option(metavar=metavar, help=help_text, rich_help_panel=panel)


def _flag(name: str, help_text: str, panel: str | None = None) -> Any:
    return Option(name, metavar="", help=help_text, rich_help_panel=panel)


def command() -> Any:
    """The command line as one callable, without typer's own way of failing."""
    return get_command(app)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"gated {gated.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[
        bool,
        Option(
            "--version",
            metavar="",
            callback=_print_version,
            is_eager=True,
            help="Say the version.",
        ),
    ] = False,
) -> None:
    """Recurrent networks that remember: a table in, a forecast out."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def demo() -> None:
    """Forecast the embedded shop's revenue and check it against what really came."""
    from gated.cli.demo import run

    run(Speech())


@app.command()
def forecast(
    context: typer.Context,
    table: Annotated[
        Path,
        Argument(metavar="TABLE", help="Past values: .csv, .tsv, .txt (also .gz) or .parquet."),
    ],
    horizon: Annotated[str | None, _option("STEPS", "How many steps ahead.", _FORECAST)] = None,
    level: Annotated[
        str | None, _option("PERCENT", "Intervals: 80,95. Without it, 80.", _FORECAST)
    ] = None,
    quantiles: Annotated[str | None, _option("SHARES", "Quantiles: 0.1,0.9.", _FORECAST)] = None,
    covariate: Annotated[
        list[str] | None,
        _option("COLUMN", "A column that is known in advance; may be repeated.", _FORECAST),
    ] = None,
    future: Annotated[
        Path | None,
        _option(
            "FILE",
            "The covariates of the steps ahead. Without it, the rows at the end of the table "
            "that have no target yet.",
            _FORECAST,
        ),
    ] = None,
    model: Annotated[
        Path | None, _option("FILE", "Forecast with a saved model, without learning.", _FORECAST)
    ] = None,
    out: Annotated[
        Path | None,
        _option("FILE", "Write the forecast: .csv, .parquet or .json.", _ANSWER),
    ] = None,
    as_json: Annotated[
        bool, _flag("--json", "One JSON object on stdout: forecast, notes, verdict.", _ANSWER)
    ] = False,
    explain: Annotated[
        bool, _flag("--explain", "Say which past steps weighed most.", _ANSWER)
    ] = False,
    quiet: Annotated[bool, _flag("--quiet", "Say nothing but errors.", _ANSWER)] = False,
    save: Annotated[Path | None, _option("FILE", "Keep the model for --model.", _LEARNING)] = None,
    checkpoint: Annotated[
        Path | None,
        Option(
            "--checkpoint",
            "--resume",
            metavar="FILE",
            help="What Ctrl-C leaves, and the next run goes on from. Without it, a file called "
            "after the table, beside the result.",
            rich_help_panel=_LEARNING,
        ),
    ] = None,
    max_steps: Annotated[
        str | None, _option("STEPS", "Gradient steps, at most.", _LEARNING)
    ] = None,
    seed: Annotated[
        str | None, _option("NUMBER", "The same seed gives the same forecast.", _LEARNING)
    ] = None,
    id_col: Annotated[str | None, _option("COLUMN", "Tells series apart.", _READING)] = None,
    time_col: Annotated[str | None, _option("COLUMN", "Holds the times.", _READING)] = None,
    target_col: Annotated[
        str | None, _option("COLUMN", "Holds what is to be forecast.", _READING)
    ] = None,
    freq: Annotated[
        str | None, _option("ALIAS", "The step: D, h, MS … or a number.", _READING)
    ] = None,
    season_length: Annotated[
        str | None, _option("STEPS", "Steps in the main cycle: 7 for days.", _READING)
    ] = None,
    time_format: Annotated[
        str | None, _option("PATTERN", "How times are written: %d.%m.%Y.", _READING)
    ] = None,
    fill: Annotated[
        str | None, _option("missing|zero", "What a step without a row means.", _READING)
    ] = None,
    wide: Annotated[
        bool | None, _flag("--wide/--long", "Whether each column is a series.", _READING)
    ] = None,
) -> None:
    """Forecast every series of a table.

    Columns are found by name and type, and said. Data goes to stdout or --out; everything said
    goes to stderr.
    """
    request = ForecastRequest(
        table=table,
        horizon=_horizon(horizon, table),
        level=numbers("--level", level, "80,95") if level is not None else (),
        quantiles=numbers("--quantiles", quantiles, "0.1,0.9") if quantiles is not None else (),
        future=future,
        covariates=tuple(covariate or ()),
        reading={
            "id_col": id_col,
            "time_col": time_col,
            "target_col": target_col,
            "freq": freq,
            "season_length": _whole("--season-length", season_length, least=1),
            "time_format": time_format,
            "fill": fill,
            "wide": wide,
        },
        learning={
            "seed": _whole("--seed", seed, least=0),
            "max_steps": _whole("--max-steps", max_steps, least=1),
        },
        out=out,
        save=save,
        model=model,
        checkpoint=checkpoint,
        as_json=as_json,
        explain=explain,
        quiet=quiet,
    )
    from gated.cli.forecast import run

    run(request, Speech(quiet=quiet), context.obj)


@app.command()
def doctor(
    as_json: Annotated[bool, _flag("--json", "One JSON object on stdout.")] = False,
) -> None:
    """Say what is installed, what is live and what this terminal can draw."""
    from gated.cli.doctor import run

    run(as_json=as_json)


def _horizon(text: str | None, table: Path) -> int:
    if text is None:
        raise UsageError(
            "--horizon is missing: how many steps ahead? Four weeks of daily data are\n"
            f"  gated forecast {table} --horizon 28"
        )
    return whole_number("--horizon", text, least=1)


def _whole(option: str, text: str | None, *, least: int) -> int | None:
    return None if text is None else whole_number(option, text, least=least)
