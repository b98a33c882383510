"""`gated backtest`: forecast the past from several cutoffs, and say how it came out."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from rich.console import Console

import gated
from gated import Forecaster, read_table
from gated.cli.commands.table_summary import report_settings, say_what
from gated.cli.console.messages import Messages
from gated.cli.console.native_advice import why_slower
from gated.cli.console.output import (
    as_csv,
    as_json,
    encoded,
    is_stdout_terminal,
    records,
    require_stdout,
    to_stdout,
)
from gated.cli.console.progress import ProgressBar, progress_bar
from gated.cli.console.results import raise_failed, write_results
from gated.cli.console.rounding import decimals_of
from gated.cli.console.text_columns import print_columns, short_label
from gated.cli.console.threads import settle_threads
from gated.cli.request import BacktestRequest
from gated.files import write_whole
from gated.forecast.evaluation.competitors import checked_names
from gated.forecast.evaluation.result import Backtest
from gated.table import Table
from gated.text import aligned, counted, duration, percent, plain

__all__ = ["run"]

_ROWS_SHOWN = 30
_SHOWN = {"mase": "MASE", "smape": "sMAPE", "wape": "WAPE", "rmse": "RMSE", "crps": "CRPS"}


def run(request: BacktestRequest, messages: Messages) -> None:
    """Answer one `gated backtest`."""
    started = time.monotonic()
    settle_threads()
    if request.scores is None or request.as_json:
        require_stdout()
    checked_names(request.against)  # a library that is not installed is an error before the work
    model = Forecaster(h=request.horizon, **request.hyperparameters)
    with progress_bar(messages, f"Reading {request.table.name}") as wait:
        table = read_table(request.table, **request.table_keywords)
        say_what(messages, request.table.name, table)
        found = _backtest(model, request, table, wait)
    scores = found.scores(request.by)
    failed = write_results(_writers(request, found, scores, model))
    request = request.without(failed)
    seconds = time.monotonic() - started
    messages.tell("Checked", _what_was_checked(found))
    messages.tell("Found", *found.learned)
    messages.tell("Decided", found.text)
    _hand_over(request, found, scores, seconds)
    _say_where(request, messages, found, seconds)
    raise_failed(failed)


def _writers(
    request: BacktestRequest, found: Backtest, scores: Any, model: Forecaster
) -> dict[str, Callable[[], None]]:
    """The files that were asked for, by option: ready to be written."""
    writers: dict[str, Callable[[], None]] = {}
    if request.out is not None:
        content = encoded(found.frame, request.out, _decimals(found))
        writers["out"] = partial(write_whole, request.out, content)
    if request.scores is not None:
        content = encoded(scores, request.scores, _score_decimals(scores))
        writers["scores"] = partial(write_whole, request.scores, content)
    if request.report is not None:
        page = found.report(**report_settings(request.table.name, model))
        writers["report"] = partial(write_whole, request.report, page.encode())
    return writers


def _backtest(
    model: Forecaster, request: BacktestRequest, table: Table, wait: ProgressBar
) -> Backtest:
    return model.backtest(
        table,
        n_windows=request.n_windows,
        step_size=request.step_size,
        refit=request.refit,
        level=request.level,
        against=request.against,
        progress=wait.step,
    )


def _decimals(found: Backtest) -> dict[str, int | None]:
    """The decimals of the forecasts in CSV: of gated those of the target, of others nine digits.

    gated's forecast of whole numbers is whole; that of a competitor is not, and its scores differ
    from those of its rounded values.
    """
    ours = dict.fromkeys(
        (found.table.schema.target_col, *found.requested.columns), decimals_of(found.table.y)
    )
    return {**dict.fromkeys(found.windows[0].others), **ours}


def _score_decimals(scores: Any) -> dict[str, int | None]:
    """All scores, the columns behind the method's, get nine digits in CSV."""
    names = list(scores.columns)
    return dict.fromkeys(names[names.index("method") + 1 :])


def _what_was_checked(found: Backtest) -> str:
    h, windows = found.cutoffs.h, len(found.windows)
    series = f"{len(set(found.series.tolist())):,} series"
    between = f", {found.cutoffs.step_size:,} apart" if windows > 1 else ""
    steps, cutoffs = counted(h, "step"), counted(windows, "cutoff")
    return f"{steps} from each of {cutoffs}{between}, of {series}."


def _hand_over(request: BacktestRequest, found: Backtest, scores: Any, seconds: float) -> None:
    if request.as_json:
        to_stdout(as_json(_report(request, found, seconds)))
    elif is_stdout_terminal():
        if not request.quiet:
            _show(Console(highlight=False), scores)
    else:
        to_stdout(as_csv(scores, _score_decimals(scores)))


def _show(console: Console, scores: Any) -> None:
    """The first rows of the scores, for eyes."""
    shown = scores.head(_ROWS_SHOWN)
    rows, heads, content = records(shown), [], []
    for name in shown.columns:
        values = shown[name].tolist()
        if name in _SHOWN or name.startswith("msis"):
            heads.append(_SHOWN.get(name) or name.upper().replace("-", " "))
            content.append(aligned(values))
        elif name.startswith("coverage"):
            heads.append(f"in {name.removeprefix('coverage-')} %")
            content.append([percent(value) for value in values])
        else:
            heads.append(name)
            shorten = plain if name == "method" else short_label
            content.append([shorten(row[name]) for row in rows])
    left = 1 + shown.columns.get_loc("method")
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
    """All that is known, for `--json`."""
    return {
        "gated": gated.__version__,
        "table": str(request.table),
        "horizon": found.cutoffs.h,
        "cutoffs": len(found.windows),
        "verdict": found.text,
        "scores": {
            "overall": records(found.scores()),
            "series": records(found.scores("series")),
            "cutoff": records(found.scores("cutoff")),
            "step": records(found.scores("step")),
        },
        "forecast": records(found.frame),
        "notes": list(found.notes),
        "left_out": found.table.rejected,
        "seconds": round(seconds, 3),
    }


def _say_where(
    request: BacktestRequest, messages: Messages, found: Backtest, seconds: float
) -> None:
    slower = why_slower()
    spent = found.seconds
    took = (
        f"in {duration(seconds)} (learning {duration(spent['fit'])}, forecasting "
        f"{duration(spent['predict'])}, the other methods {duration(spent['others'])})."
    )
    written = [
        str(path) for path in (request.out, request.scores, request.report) if path is not None
    ]
    if written:
        messages.tell("Written", f"{' and '.join(written)}, {took}", *slower)
    else:
        messages.tell("Done", f"{took} --out FILE.csv keeps the forecasts.", *slower)
