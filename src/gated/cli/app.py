"""Defines the commands. Each imports its modules when it is called, so that the help is fast."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Option
from typer.main import get_command

import gated
from gated.cli.console.exits import Commands
from gated.cli.console.help import Command
from gated.cli.console.messages import Messages
from gated.cli.requests.forecasting.backtest_request import BacktestRequest
from gated.cli.requests.forecasting.explain_request import ExplainRequest
from gated.cli.requests.forecasting.forecast_request import ForecastRequest
from gated.cli.requests.forecasting.reading_request import FillInRequest, ReadRequest
from gated.cli.requests.forecasting.watch_request import WatchRequest
from gated.cli.requests.request import DemoRequest, DoctorRequest, ShowRequest
from gated.cli.requests.sequences.answer_request import AnswerRequest
from gated.cli.requests.sequences.chat_request import ChatRequest
from gated.cli.requests.sequences.classify_request import ClassifyRequest
from gated.cli.requests.sequences.generate_request import GenerateRequest
from gated.cli.requests.sequences.train_request import TrainRequest
from gated.cli.requests.sequences.transcribe_request import TranscribeRequest
from gated.cli.requests.serve_request import KeysRequest, ServeRequest
from gated.cli.requests.with_request import CONFIG, name_config, with_request

__all__ = ["app", "command"]

app = typer.Typer(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)


def command() -> Any:
    """Return the command line as one callable, with the errors of `Commands`."""
    return get_command(app)


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(f"gated {gated.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    config: Annotated[
        list[str] | None,
        Option(
            CONFIG.flags,
            metavar=CONFIG.metavar,
            help="Take options from this TOML file; each command has it too.",
        ),
    ] = None,
    version: Annotated[
        bool,
        Option(
            "--version", "-V", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Recurrent networks that remember: a table in, a forecast out.

    Options may also come from a file (--config) and from variables such as GATED_HORIZON.
    """
    name_config(context, config)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(cls=Command)
@with_request(DemoRequest)
def demo(context: typer.Context, request: DemoRequest) -> None:
    """Show what gated does, on data and with models of the package.

    By default it forecasts a shop's revenue and compares it with the actual values.
    """
    if request.name in (None, "shop"):
        from gated.cli.commands.demos.shop import run, write_table

        if request.table is not None:
            write_table(request.table, Messages())
        else:
            run(Messages())
    else:
        from gated.cli.commands.demos.shipped import DEMOS
        from gated.cli.commands.demos.show import run as show_demo

        show_demo(
            DEMOS[str(request.name)],
            request.out or Path(),
            request.seed,
            explain=request.explain,
        )


@app.command(cls=Command)
@with_request(ForecastRequest)
def forecast(context: typer.Context, request: ForecastRequest) -> None:
    """Forecast every series of a table.

    The forecast goes to stdout or --out, all messages go to stderr.
    """
    from gated.cli.commands.forecasting.forecast.command import run

    run(request, Messages(quiet=request.quiet), context.obj)


@app.command(cls=Command)
@with_request(ReadRequest)
def read(context: typer.Context, request: ReadRequest) -> None:
    """Show how a table is understood: columns, step, series, gaps and repairs. No forecast."""
    from gated.cli.commands.forecasting.read import run

    run(request, Messages(quiet=request.quiet))


@app.command(cls=Command)
@with_request(FillInRequest)
def future(context: typer.Context, request: FillInRequest) -> None:
    """Write the next steps of every series, with cells for the covariates to fill in."""
    from gated.cli.commands.forecasting.read import fill_in

    fill_in(request, Messages(quiet=request.quiet))


@app.command(cls=Command)
@with_request(ExplainRequest)
def explain(context: typer.Context, request: ExplainRequest) -> None:
    """Say what moves the forecast of a table: past values, covariates, seasons.

    The explanation goes to stdout, all messages go to stderr.
    """
    from gated.cli.commands.forecasting.explain import run

    run(request, Messages(quiet=request.quiet))


@app.command(cls=Command)
@with_request(BacktestRequest)
def backtest(context: typer.Context, request: BacktestRequest) -> None:
    """Measure the accuracy on the past, compared with seasonal naive and other methods.

    Each forecast uses only what was known at its cutoff.
    The scores go to stdout or --scores, all messages go to stderr.
    """
    from gated.cli.commands.forecasting.backtest import run

    run(request, Messages(quiet=request.quiet))


@app.command(cls=Command)
@with_request(WatchRequest)
def watch(context: typer.Context, request: WatchRequest) -> None:
    """Follow new rows on stdin: forecast again after each, and flag unlikely values.

    Each row is a line of CSV or JSON; each line of stdout is a JSON object. Messages go to stderr.
    """
    from gated.cli.commands.forecasting.watch import run

    run(request, Messages(quiet=request.quiet))


@app.command(cls=Command)
@with_request(TrainRequest)
def train(context: typer.Context, request: TrainRequest) -> None:
    """Learn from your own recordings, texts, music, drawings, images, stories or dialogues.

    Ctrl-C keeps the training so far; the same command resumes it.
    """
    from gated.cli.commands.sequences.train import run

    run(request, Messages(quiet=request.quiet), context.obj)


@app.command(cls=Command)
@with_request(GenerateRequest)
def generate(context: typer.Context, request: GenerateRequest) -> None:
    """Make a new text, tune, drawing or image with a trained model, or continue one.

    A text goes to stdout or --out, everything else to --out; all messages go to stderr.
    """
    from gated.cli.commands.sequences.generate import run

    run(request, Messages(quiet=request.quiet))


@app.command(cls=Command)
@with_request(ClassifyRequest)
def classify(context: typer.Context, request: ClassifyRequest) -> None:
    """Label recordings with a trained model.

    The labels go to stdout or --out, all messages go to stderr.
    """
    from gated.cli.commands.sequences.classify import run

    run(request, Messages(quiet=request.quiet))


@app.command(cls=Command)
@with_request(TranscribeRequest)
def transcribe(context: typer.Context, request: TranscribeRequest) -> None:
    """Write down the words of recordings, or of a stream, with a trained model.

    The texts go to stdout or --out, all messages go to stderr.
    """
    from gated.cli.commands.sequences.transcribe import run

    run(request, Messages(quiet=request.quiet))


@app.command(cls=Command)
@with_request(AnswerRequest)
def answer(context: typer.Context, request: AnswerRequest) -> None:
    """Answer questions about a story with a trained model.

    The answers go to stdout, one a line; all messages go to stderr.
    """
    from gated.cli.commands.sequences.answer import run

    run(request, Messages(quiet=request.quiet))


@app.command(cls=Command)
@with_request(ChatRequest)
def chat(context: typer.Context, request: ChatRequest) -> None:
    """Hold a dialogue with a trained model: a line of stdin is a turn.

    The replies go to stdout, one a line; all messages go to stderr.
    """
    from gated.cli.commands.sequences.chat import run

    run(request, Messages(quiet=request.quiet))


@app.command(cls=Command)
@with_request(ServeRequest)
def serve(context: typer.Context, request: ServeRequest) -> None:
    """Serve forecasts over HTTP, until SIGTERM or Ctrl-C; /openapi.json describes the pages.

    The log goes to stderr, one JSON object a line.
    """
    from gated.cli.commands.serve import run

    run(request)


@app.command(cls=Command)
@with_request(KeysRequest)
def keys(context: typer.Context, request: KeysRequest) -> None:
    """Add, list or remove the API keys of gated serve.

    A new key goes to stdout, all messages go to stderr.
    """
    from gated.cli.commands.serve import run_keys

    run_keys(request, Messages())


@app.command(cls=Command)
@with_request(ShowRequest)
def show(context: typer.Context, request: ShowRequest) -> None:
    """Describe a model file: what it is, what it learned from, how well."""
    from gated.cli.commands.show import run

    run(request)


@app.command(cls=Command)
@with_request(DoctorRequest)
def doctor(context: typer.Context, request: DoctorRequest) -> None:
    """Show what is installed, what works and what this terminal can draw."""
    from gated.cli.commands.doctor import run

    run(as_json=request.as_json)
