"""Runs `gated backtest`, which forecasts from cutoffs in the past and scores the forecasts."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from rich.console import Console

import gated
from gated import Forecaster, read_table
from gated.cli.commands.forecasting.table_summary import print_table_summary, report_settings
from gated.cli.console.exits import refuse_left_out
from gated.cli.console.messages import Messages
from gated.cli.console.native_advice import slow_path_notes
from gated.cli.console.progress import ProgressBar, progress_bar, reading
from gated.cli.console.text_columns import print_columns, short_label
from gated.cli.console.visible_console import VisibleConsole
from gated.cli.output.columns import Columns
from gated.cli.output.encoding import JSON_SCHEMA, as_csv, as_json, encoded, records
from gated.cli.output.files import raise_failed, write_results
from gated.cli.output.rounding import decimals_of
from gated.cli.output.stdout import is_stdout_terminal, require_stdout, to_stdout
from gated.cli.requests.forecasting.backtest_request import BacktestRequest
from gated.files import write_whole
from gated.forecast.config import MEAN_NAME
from gated.forecast.evaluation.backtest import Backtest
from gated.forecast.evaluation.competitors import checked_names
from gated.table import Table, split_known_future
from gated.text import aligned, counted, duration, percent, plain

__all__ = ["run"]

_ROWS_SHOWN = 30
_HEADS = {
    "mase": "MASE",
    "smape": "sMAPE",
    "wape": "WAPE",
    "rmse": "RMSE",
    "bias": "bias",
    "crps": "CRPS",
}


def run(request: BacktestRequest, messages: Messages) -> None:
    """Run `gated backtest`.

    Args:
        request: the options.
        messages: prints messages to stderr.
    """
    started = time.monotonic()
    if request.scores is None or request.as_json:
        require_stdout()
    checked_names(request.against)  # an error before the work if a library is not installed
    model = Forecaster(h=request.horizon, **request.hyperparameters)
    with progress_bar(messages, f"Reading {request.table_name}") as progress:
        with reading(messages, request.tables):
            table = read_table(request.source, **request.table_keywords)
        table, _ = split_known_future(table)  # no cutoff lies in rows without a value at the end
        print_table_summary(messages, request.table_name, table)
        found = _backtest(model, request, table, progress)
    scores = Columns.of(found.scores(request.by))
    failed = write_results(_file_writers(request, found, scores, model))
    request = request.without(failed)
    seconds = time.monotonic() - started
    messages.write("Backtest", _describe_cutoffs(found))
    messages.write("Found", *found.fit_notes)
    messages.write("Accuracy", found.text)
    messages.write("Coverage", *found.coverage_text)
    _write_result(request, found, scores, seconds)
    _print_summary(request, messages, found, seconds)
    raise_failed(failed)
    refuse_left_out(found.table.rejected, strict=request.strict)


def _file_writers(
    request: BacktestRequest, found: Backtest, scores: Columns, model: Forecaster
) -> dict[str, Callable[[], None]]:
    """Return a function that writes each requested file, by the name of its option's field."""
    writers: dict[str, Callable[[], None]] = {}
    if request.out is not None:
        content = encoded(found.frame, request.out, _decimals(found))
        writers["out"] = partial(write_whole, request.out, content)
    if request.scores is not None:
        content = encoded(scores, request.scores, _score_decimals(scores))
        writers["scores"] = partial(write_whole, request.scores, content)
    if request.report is not None:
        page = found.report(**report_settings(request.table_name, model))
        writers["report"] = partial(write_whole, request.report, page.encode())
    return writers


def _backtest(
    model: Forecaster, request: BacktestRequest, table: Table, progress: ProgressBar
) -> Backtest:
    return model.backtest(
        table,
        n_windows=request.n_windows,
        step_size=request.step_size,
        refit=request.refit,
        level=request.level,
        against=request.against,
        progress=progress.step,
    )


def _decimals(found: Backtest) -> dict[str, int | None]:
    """Return the decimals of the forecasts in CSV: those of the target for gated, else None.

    gated forecasts whole numbers for a whole target. A competitor does not, and rounding its values
    would change its scores, so they have nine digits.
    """
    target, decimals = found.table.schema.target_col, decimals_of(found.table.y)
    ours = dict.fromkeys((target, *found.requested.columns), decimals)
    return {**dict.fromkeys((MEAN_NAME, *found.windows[0].others)), **ours}


def _score_decimals(scores: Columns) -> dict[str, int | None]:
    """Return None, for nine digits in CSV, for all scores: the columns after the method."""
    names = scores.names
    return dict.fromkeys(names[names.index("method") + 1 :])


def _describe_cutoffs(found: Backtest) -> str:
    """Describe the numbers of steps, cutoffs and series."""
    h, windows = found.cutoffs.h, len(found.windows)
    series = f"{len(set(found.series.tolist())):,} series"
    between = f", {found.cutoffs.step_size:,} apart" if windows > 1 else ""
    steps, cutoffs = counted(h, "step"), counted(windows, "cutoff")
    return f"{steps} from each of {cutoffs}{between}, of {series}."


def _write_result(
    request: BacktestRequest, found: Backtest, scores: Columns, seconds: float
) -> None:
    """Write to stdout: one JSON object, a table on a terminal, or the scores as CSV."""
    if request.as_json:
        to_stdout(as_json(_report(request, found, seconds)))
    elif is_stdout_terminal():
        if not request.quiet:
            _print_scores(VisibleConsole(highlight=False), scores)
    else:
        to_stdout(as_csv(scores, _score_decimals(scores)))


def _print_scores(console: Console, scores: Columns) -> None:
    """Print the first rows of the scores as a table."""
    shown = scores.head(_ROWS_SHOWN)
    rows, heads, content = records(shown), [], []
    for name in shown.names:
        if name in _HEADS or name.startswith("msis"):
            heads.append(_HEADS.get(name) or name.upper().replace("-", " "))
            content.append(aligned(shown.floats(name).tolist()))
        elif name.startswith("coverage"):
            heads.append(f"cov. {name.removeprefix('coverage-')} %")
            content.append([percent(value) for value in shown.floats(name).tolist()])
        else:
            heads.append(name)
            shorten = plain if name == "method" else short_label
            content.append([shorten(row[name]) for row in rows])
    left = 1 + shown.names.index("method")
    console.print()
    more = len(scores) - len(shown)
    print_columns(
        console,
        heads,
        content,
        left=left,
        hidden_rows=counted(more, "row") if more else "",
        written_by="--scores",
    )
    console.print()


def _report(request: BacktestRequest, found: Backtest, seconds: float) -> dict[str, Any]:
    """Return the object that `--json` writes."""
    return {
        "gated": gated.__version__,
        "schema": JSON_SCHEMA,
        "table": request.given_table,
        "horizon": found.cutoffs.h,
        "cutoffs": len(found.windows),
        "verdict": found.text,
        "scores": {
            "overall": records(found.scores()),
            "series": records(found.scores("series")),
            "cutoff": records(found.scores("cutoff")),
            "step": records(found.scores("step")),
        },
        "coverage": {
            "verdict": list(found.coverage_text),
            "overall": records(found.coverage()),
            "series": records(found.coverage("series")),
            "cutoff": records(found.coverage("cutoff")),
            "step": records(found.coverage("step")),
        },
        "forecast": records(found.frame),
        "notes": list(found.notes),
        "left_out": found.table.rejected,
        "seconds": round(seconds, 3),
    }


def _print_summary(
    request: BacktestRequest, messages: Messages, found: Backtest, seconds: float
) -> None:
    """Print the written files and the duration."""
    notes = slow_path_notes()
    spent = found.seconds
    took = (
        f"in {duration(seconds)} (fitting {duration(spent['fit'])}, forecasting "
        f"{duration(spent['predict'])}, the other methods {duration(spent['others'])})."
    )
    written = [
        str(path) for path in (request.out, request.scores, request.report) if path is not None
    ]
    if written:
        messages.write("Written", f"{' and '.join(written)}, {took}", *notes)
    else:
        messages.write("Done", f"{took} --out FILE.csv writes the forecasts.", *notes)
