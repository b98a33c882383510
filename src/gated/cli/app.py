"""The commands and their options. Each command imports what it needs when it is called."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Option
from typer.main import get_command

import gated
from gated.cli import options
from gated.cli.console.exits import Commands
from gated.cli.console.messages import Messages
from gated.cli.options import ANSWER, CHECK, FORECAST, LEARNING, file, flag, valued
from gated.cli.request import BacktestRequest, ForecastRequest, numbers

__all__ = ["app", "command"]

app = typer.Typer(
    cls=Commands,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)


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
    from gated.cli.commands.demo import run

    run(Messages())


@app.command()
def forecast(
    context: typer.Context,
    table: options.Table,
    horizon: options.Horizon = None,
    level: Annotated[
        str | None, valued("PERCENT", "Intervals: 80,95. Without it, 80.", FORECAST)
    ] = None,
    quantiles: Annotated[str | None, valued("SHARES", "Quantiles: 0.1,0.9.", FORECAST)] = None,
    covariate: options.Covariate = None,
    past_covariate: options.PastCovariate = None,
    static: options.Static = None,
    holidays: options.Holidays = None,
    future: Annotated[
        Path | None,
        file(
            "The covariates of the steps ahead. Without it, the rows at the end of the table "
            "that have no target yet.",
            FORECAST,
        ),
    ] = None,
    model: Annotated[
        Path | None, file("Forecast with a saved model, without learning.", FORECAST)
    ] = None,
    out: Annotated[
        Path | None,
        file("Write the forecast: .csv, .parquet or .json.", ANSWER),
    ] = None,
    report: options.Report = None,
    as_json: Annotated[
        bool, flag("--json", "One JSON object on stdout: forecast, notes, verdict.", ANSWER)
    ] = False,
    explain: Annotated[
        bool, flag("--explain", "Say which past steps weighed most.", ANSWER)
    ] = False,
    quiet: options.Quiet = False,
    save: Annotated[Path | None, file("Keep the model for --model.", LEARNING)] = None,
    checkpoint: Annotated[
        Path | None,
        file(
            "What Ctrl-C leaves, and the next run goes on from. Without it, a file called "
            "after the table, beside the result.",
            LEARNING,
            "--checkpoint",
            "--resume",
        ),
    ] = None,
    training: options.Training = None,
    max_steps: options.MaxSteps = None,
    seed: options.Seed = None,
    id_col: options.IdCol = None,
    time_col: options.TimeCol = None,
    target_col: options.TargetCol = None,
    freq: options.Freq = None,
    season_length: options.SeasonLength = None,
    time_format: options.TimeFormat = None,
    fill: options.Fill = None,
    wide: options.Wide = None,
) -> None:
    """Forecast every series of a table.

    Columns are found by name and type, and said. Data goes to stdout or --out; everything said
    goes to stderr.
    """
    with options.horizon_asked_for("forecast", horizon, table):
        request = ForecastRequest(
            table=table,
            horizon=options.whole("--horizon", horizon, least=1) or 1,
            level=numbers("--level", level, "80,95") if level is not None else (),
            quantiles=numbers("--quantiles", quantiles, "0.1,0.9") if quantiles is not None else (),
            future=future,
            covariates=tuple(covariate or ()),
            past_covariates=tuple(past_covariate or ()),
            static=static,
            reading=options.reading(
                id_col=id_col,
                time_col=time_col,
                target_col=target_col,
                freq=freq,
                season_length=season_length,
                time_format=time_format,
                fill=fill,
                wide=wide,
            ),
            learning=options.learning(training, seed=seed, max_steps=max_steps, holidays=holidays),
            out=out,
            report=report,
            save=save,
            model=model,
            checkpoint=checkpoint,
            as_json=as_json,
            explain=explain,
            quiet=quiet,
        )
    from gated.cli.commands.forecast import run

    run(request, Messages(quiet=quiet), context.obj)


@app.command()
def backtest(
    table: options.Table,
    horizon: options.Horizon = None,
    windows: Annotated[
        str | None, valued("NUMBER", "How many cutoffs. Without it, 4.", CHECK)
    ] = None,
    step_size: Annotated[
        str | None,
        valued("STEPS", "Steps from one cutoff to the next. Without it, the horizon.", CHECK),
    ] = None,
    refit: Annotated[
        bool, flag("--refit", "Learn anew at each cutoff, not once before the first.", CHECK)
    ] = False,
    level: Annotated[
        str | None, valued("PERCENT", "Intervals to check. Without it, 80,95.", CHECK)
    ] = None,
    against: Annotated[
        str | None,
        valued(
            "METHODS",
            "Simple rules, or AutoETS,AutoTheta,AutoARIMA. Without it, four simple rules.",
            CHECK,
        ),
    ] = None,
    covariate: options.Covariate = None,
    past_covariate: options.PastCovariate = None,
    static: options.Static = None,
    holidays: options.Holidays = None,
    by: Annotated[
        str, valued("WHAT", "Scores overall, or by series, cutoff or step.", ANSWER)
    ] = "overall",
    out: Annotated[
        Path | None,
        file("Write the forecasts beside what came: .csv, .parquet, .json.", ANSWER),
    ] = None,
    scores: Annotated[
        Path | None, file("Write the scores: .csv, .parquet or .json.", ANSWER)
    ] = None,
    report: options.Report = None,
    as_json: Annotated[
        bool, flag("--json", "One JSON object on stdout: verdict, scores, forecasts.", ANSWER)
    ] = False,
    quiet: options.Quiet = False,
    training: options.Training = None,
    max_steps: options.MaxSteps = None,
    seed: options.Seed = None,
    id_col: options.IdCol = None,
    time_col: options.TimeCol = None,
    target_col: options.TargetCol = None,
    freq: options.Freq = None,
    season_length: options.SeasonLength = None,
    time_format: options.TimeFormat = None,
    fill: options.Fill = None,
    wide: options.Wide = None,
) -> None:
    """Check the forecast on the past: accuracy against seasonal naive and friends.

    Each forecast knows only what lay before its cutoff.
    """
    with options.horizon_asked_for("backtest", horizon, table):
        request = BacktestRequest(
            table=table,
            horizon=options.whole("--horizon", horizon, least=1) or 1,
            windows=options.whole("--windows", windows, least=1) or 4,
            step_size=options.whole("--step-size", step_size, least=1),
            refit=refit,
            level=numbers("--level", level or "80,95", "80,95"),
            against=tuple(against.split(",")) if against is not None else None,
            by=by,
            covariates=tuple(covariate or ()),
            past_covariates=tuple(past_covariate or ()),
            static=static,
            reading=options.reading(
                id_col=id_col,
                time_col=time_col,
                target_col=target_col,
                freq=freq,
                season_length=season_length,
                time_format=time_format,
                fill=fill,
                wide=wide,
            ),
            learning=options.learning(training, seed=seed, max_steps=max_steps, holidays=holidays),
            out=out,
            report=report,
            scores=scores,
            as_json=as_json,
            quiet=quiet,
        )
    from gated.cli.commands.backtest import run

    run(request, Messages(quiet=quiet))


@app.command()
def doctor(
    as_json: Annotated[bool, flag("--json", "One JSON object on stdout.")] = False,
) -> None:
    """Say what is installed, what is live and what this terminal can draw."""
    from gated.cli.commands.doctor import run

    run(as_json=as_json)
