"""The terminal of the benchmarks: `python -m benchmarks NAME [options]`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common.folders import anchors_folder, data_folder
from benchmarks.common.markdown import body
from benchmarks.common.measure import use_threads
from benchmarks.common.report import Report
from benchmarks.forecasting import backtest as checking
from benchmarks.forecasting import forecast as forecasting
from benchmarks.forecasting.data import training_parts as parts
from benchmarks.forecasting.data.datasets import NAMES, Columns
from benchmarks.layers import run as recurring
from benchmarks.layers.results.layer_markdown import markdown as as_markdown
from benchmarks.layers.results.layer_report import load
from benchmarks.layers.results.roofline import roofline as draw_roofline
from benchmarks.peers import environments
from benchmarks.peers import run as comparing
from benchmarks.peers.accuracy_chart import picture as draw_peers
from benchmarks.peers.libraries import PEERS, chosen
from benchmarks.peers.peers_markdown import markdown as peers_markdown
from benchmarks.peers.peers_report import load as load_peers
from benchmarks.peers.time_limit import Limit
from benchmarks.speed import large_table as growing
from benchmarks.speed import predict_many as predicting
from benchmarks.speed import startup as starting
from benchmarks.synthetic import run as synthetic_run
from benchmarks.synthetic.gallery_chart import picture as draw_synthetic
from benchmarks.zero_shot import inference_speed as zero_shot_speed
from benchmarks.zero_shot import run as zero_shot_run
from gated.errors import GatedError, UsageError
from gated.synthetic.gallery import GALLERY

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Accuracy, speed, memory and start-up of gated. What each figure means: "
    "docs/benchmarks.md.",
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Threads = Annotated[int, typer.Option(min=1, help="Threads of the measured process.")]


@app.command("zero_shot")
def zero_shot(
    speed: Annotated[
        bool, typer.Option("--speed", help="How fast it answers, instead of how well.")
    ] = False,
    others: Annotated[
        bool, typer.Option(help="Also the tables without published rows (minutes).")
    ] = True,
    threads: Threads = 2,
    data_dir: Annotated[Path | None, typer.Option(help="The folder of data sets.")] = None,
    anchors_dir: Annotated[Path | None, typer.Option(help="That of published figures.")] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Write the tables to this file, too.")
    ] = None,
    json: Json = False,
) -> None:
    """The shipped network, without training: by GIFT-Eval's rules, beside published rows."""
    if speed:
        report = zero_shot_speed.run(threads)
    else:
        use_threads(threads)
        report = zero_shot_run.run(
            data_folder(data_dir),
            anchors_folder(anchors_dir),
            threads,
            others=others,
            say=lambda line: print(line, file=sys.stderr),
        )
    if markdown is not None:
        markdown.write_text(body(report), encoding="utf-8")
    _say(report, json)


@app.command()
def synthetic(
    pictures: Annotated[
        Path | None, typer.Option(help="Draw each family into this folder, instead.")
    ] = None,
    threads: Threads = 2,
    json: Json = False,
) -> None:
    """The synthetic series: how fast they are drawn, and what they look like."""
    if pictures is None:
        _say(synthetic_run.run(threads), json)
        return
    for group in GALLERY:
        (pictures / f"synthetic_{group}.svg").write_text(draw_synthetic(group), encoding="utf-8")


@app.command("training_parts")
def training_parts(
    folder: Annotated[Path, typer.Argument(help="Where to write; one Parquet file a table.")],
    data_dir: Annotated[Path | None, typer.Option(help="The folder of data sets.")] = None,
) -> None:
    """The training parts of all tables, for `python -m gated.pretrain --tables`."""
    for line in parts.write(folder, data_folder(data_dir)):
        print(line)


@app.command()
def forecast(
    data: Annotated[str, typer.Option(help=f"One of {', '.join(NAMES)}, or a table's path.")],
    horizon: Annotated[
        int | None, typer.Option(min=1, help="Steps held out; needed for a path.")
    ] = None,
    seeds: Annotated[str, typer.Option(help="One fit each, such as 0,1,2.")] = "0",
    threads: Threads = 2,
    validation: Annotated[
        bool, typer.Option("--validation", help="Cut one horizon earlier; the test is not read.")
    ] = False,
    covariate: Annotated[
        list[str] | None, typer.Option(help="Of a path: a column known ahead; repeatable.")
    ] = None,
    id_col: Annotated[str | None, typer.Option(help="Of a path: the column of ids.")] = None,
    time_col: Annotated[str | None, typer.Option(help="Of a path: the column of times.")] = None,
    target_col: Annotated[str | None, typer.Option(help="Of a path: what is forecast.")] = None,
    training: Annotated[
        str, typer.Option(help="The way to a network: none, tune, scratch or auto.")
    ] = "auto",
    max_steps: Annotated[
        int | None, typer.Option(min=1, help="Shorten training, for a trial of the benchmark.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="The folder of data sets.")] = None,
    anchors_dir: Annotated[Path | None, typer.Option(help="That of published figures.")] = None,
    json: Json = False,
) -> None:
    """Fit with defaults, forecast the held-out part, score it beside rules and published rows."""
    request = forecasting.Request(
        name=data,
        data=data_folder(data_dir),
        anchors=anchors_folder(anchors_dir),
        columns=Columns(id_col, time_col, target_col, tuple(covariate or ())),
        horizon=horizon,
        validation=validation,
        seeds=_numbers("--seeds", seeds),
        threads=threads,
        max_steps=max_steps,
        training=training,
    )
    _say(forecasting.run(request), json)


@app.command()
def backtest(
    data: Annotated[str, typer.Option(help=f"One of {', '.join(checking.NAMES)}.")],
    windows: Annotated[int, typer.Option(min=1, help="Cutoffs, one horizon apart.")] = 8,
    seeds: Annotated[str, typer.Option(help="One run each, such as 0,1,2.")] = "0",
    threads: Threads = 1,
    validation: Annotated[
        bool, typer.Option("--validation", help="Cut before all that the test forecasts.")
    ] = False,
    max_steps: Annotated[
        int | None, typer.Option(min=1, help="Shorten training, for a trial of the benchmark.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="The folder of data sets.")] = None,
    json: Json = False,
) -> None:
    """Forecasts of the past with covariates and without: accuracy, coverage, seconds."""
    if data not in checking.NAMES:
        raise UsageError(f"--data {data}: expected one of {', '.join(checking.NAMES)}.")
    numbers = _numbers("--seeds", seeds)
    request = checking.Request(
        data, data_folder(data_dir), windows, numbers, threads, validation, max_steps
    )
    _say(checking.run(request), json)


@app.command("predict_many")
def predict_many(
    series: Annotated[int, typer.Option(min=1, help="How many series.")] = 10_000,
    length: Annotated[int, typer.Option(min=1, help="Steps of each.")] = 200,
    horizon: Annotated[int, typer.Option(min=1, help="Steps ahead.")] = 28,
    threads: Threads = 2,
    max_steps: Annotated[int, typer.Option(min=1, help="Training steps of the model.")] = 20,
    json: Json = False,
) -> None:
    """Forecast many series with a model that is already there: seconds and peak memory."""
    request = predicting.Request(series, length, horizon, threads, max_steps)
    _say(predicting.run(request), json)


@app.command("large_table")
def large_table(
    rows: Annotated[int, typer.Option(min=2, help="Rows in all.")] = 1_000_000,
    series: Annotated[int, typer.Option(min=1, help="How many series share them.")] = 10_000,
    table_format: Annotated[str, typer.Option("--format", help="parquet or csv.")] = "parquet",
    threads: Threads = 2,
    json: Json = False,
) -> None:
    """A table of a million rows, read, forecast, learned from: seconds and peak memory."""
    request = growing.Request(rows, series, table_format, threads=threads)
    _say(growing.run(request), json)


@app.command()
def startup(
    repeats: Annotated[int, typer.Option(min=1, help="New interpreters each.")] = 7,
    json: Json = False,
) -> None:
    """Seconds of `import gated` and `gated --version`, beside those of torch and pandas."""
    _say(starting.run(repeats), json)


@app.command()
def recurrences(
    quick: Annotated[
        bool, typer.Option("--quick", help="A few shapes: under two minutes.")
    ] = False,
    threads: Annotated[str, typer.Option(help="One run each, such as 1,2.")] = "2",
    kinds: Annotated[str, typer.Option(help="Some of rnn,lstm,gru.")] = "rnn,lstm,gru",
    out: Annotated[Path | None, typer.Option(help="Write the results here, as JSON.")] = None,
    saved: Annotated[
        Path | None, typer.Option(help="Show these results of --out; nothing is measured.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a section of docs/performance.md.")
    ] = False,
    json: Json = False,
) -> None:
    """RNN, LSTM and GRU against torch.nn: forward, training, steps of a stream, memory."""
    if saved is not None:
        report = load(saved)
    else:
        request = recurring.Request.of(
            kinds.split(","), _numbers("--threads", threads), quick=quick
        )
        report = recurring.run(request)
    _keep(report, out)
    if markdown:
        print(as_markdown(report), end="")
    else:
        _say(report, json)


@app.command()
def roofline(
    results: Annotated[Path, typer.Argument(help="What recurrences --out wrote.")],
    picture: Annotated[Path, typer.Argument(help="The SVG to write.")],
    threads: Annotated[
        int | None, typer.Option(min=1, help="Whose cells; the most, unless given.")
    ] = None,
) -> None:
    """Draw the roofline of a run of recurrences."""
    picture.write_text(draw_roofline(load(results), threads), encoding="utf-8")


@app.command()
def peers(
    data: Annotated[
        str | None, typer.Option(help="One of m4_hourly, shop, etth1, vic, or another set of one.")
    ] = None,
    peers: Annotated[str, typer.Option(help="Some of these, with commas.")] = ",".join(PEERS),
    limit: Annotated[
        str, typer.Option(help="Seconds, then a method is ended: 400 or 400,darts=240.")
    ] = "1800",
    threads: Threads = 2,
    seed: Annotated[int, typer.Option(min=0, help="Of everything random.")] = 0,
    validation: Annotated[
        bool, typer.Option("--validation", help="Cut one horizon earlier; the test is not read.")
    ] = False,
    trial: Annotated[
        bool, typer.Option("--trial", help="A few training steps each: does it run?")
    ] = False,
    environments_dir: Annotated[
        Path, typer.Option("--environments", help="The folder that `make peers` filled.")
    ] = environments.DEFAULT,
    out: Annotated[
        Path | None, typer.Option(help="Write the results here as JSON, after each method.")
    ] = None,
    saved: Annotated[
        Path | None, typer.Option(help="Show these results of --out; nothing is measured.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw errors against seconds: SVG.")] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a section of docs/peers.md.")
    ] = False,
    data_dir: Annotated[Path | None, typer.Option(help="The folder of data sets.")] = None,
    json: Json = False,
) -> None:
    """Let other libraries forecast the same table: accuracy, seconds, memory, size."""
    if (saved is None) == (data is None):
        raise UsageError("Expected either --data, to measure, or --saved, to show what was.")
    if saved is not None:
        report = load_peers(saved)
    else:
        request = comparing.Request(
            name=str(data),
            data=data_folder(data_dir),
            peers=tuple(chosen(peers)),
            environments=environments_dir.absolute(),
            limit=Limit.read(limit),
            threads=threads,
            seed=seed,
            validation=validation,
            trial=trial,
        )
        report = comparing.run(request, lambda so_far: _keep(so_far, out))
    if picture is not None:
        picture.write_text(draw_peers(report), encoding="utf-8")
    if markdown:
        print(peers_markdown(report), end="")
    else:
        _say(report, json)


def _keep(report: Report, out: Path | None) -> None:
    if out is not None:
        out.write_text(report.to_json() + "\n", encoding="utf-8")


def _numbers(option: str, text: str) -> tuple[int, ...]:
    """The numbers of an option as written.

    Raises:
        UsageError: they are not whole numbers, or one stands twice.
    """
    try:
        numbers = tuple(int(word) for word in text.split(","))
    except ValueError as error:
        raise UsageError(f"{option} is {text}. Expected whole numbers, such as 0,1,2.") from error
    if len(set(numbers)) < len(numbers):
        raise UsageError(f"{option} is {text}. Expected each number once.")
    return numbers


def _say(report: Report, as_json: bool) -> None:
    if as_json:
        print(report.to_json())
    else:
        report.show()


def main() -> None:
    """Run the terminal; a fault the user can mend is one sentence and exit code 2."""
    try:
        app(prog_name="python -m benchmarks")
    except GatedError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
