"""Runs `gated forecast --engine`: forecasts Parquet files on several processes or machines."""

from gated import Forecaster, scale
from gated.cli.console.exits import refuse_left_out
from gated.cli.console.messages import Messages
from gated.cli.console.progress import progress_bar
from gated.cli.requests.forecasting.forecast_request import ForecastRequest
from gated.text import counted, duration

__all__ = ["run_engine"]

_STAGES = {
    "split": "Reading and grouping",
    "decide": "Validating on a sample",
    "train": "Training",
    "bucket": "Forecasting",
}
_REASONS_SHOWN = 3


def run_engine(request: ForecastRequest, messages: Messages) -> None:
    """Forecast the files of a request, and print what was done.

    Args:
        request: the options; `engine` and `out` are given.
        messages: prints messages to stderr.
    """
    assert request.out is not None
    read = request.table_keywords
    fitting = {name: read.pop(name) for name in ("freq", "season_length") if name in read}
    model = request.model or Forecaster(**fitting, **request.hyperparameters)
    with progress_bar(messages, "Looking for files") as bar:

        def follow(step: scale.JobProgress) -> None:
            if step.done:
                bar.part(_STAGES[step.stage], step.done, step.total, step.seconds_left)
            else:
                bar.stage(_STAGES[step.stage])

        made = scale.forecast(
            list(request.tables),
            request.horizon,
            model=model,
            level=request.level,
            quantiles=request.quantiles,
            out=request.out,
            work=request.work,
            engine=request.engine,
            workers=request.workers,
            progress=follow,
            **read,
        )
    _print_result(messages, made)
    errors = made.errors().slice(0, _REASONS_SHOWN).to_pylist() if made.rejected else []
    left_out = {str(label): reason for label, reason in (row.values() for row in errors)}
    for label, reason in left_out.items():
        messages.write("Left out", f"`{label}`: {reason}")
    more = made.rejected - len(left_out)
    if more > 0:
        messages.write("Left out", f"And {more:,} more; column gated-error has the reasons.")
    refuse_left_out(left_out, strict=request.strict)


def _print_result(messages: Messages, made: scale.ScaledForecast) -> None:
    """Print what was read and written."""
    series = counted(made.series, "series", "series")
    messages.write("Table", f"{counted(made.input_rows, 'row')}, {series}.")
    spent = made.stage_seconds
    parts = [f"{name} {duration(seconds)}" for name, seconds in spent.items()]
    if parts:
        messages.write("Time", f"Of the processors: {', '.join(parts)}.")
    earlier = f", {counted(made.resumed, 'task')} done before" if made.resumed else ""
    files = counted(len(made.files), "file")
    messages.write("Written", f"{made.out}: {files}, in {duration(made.seconds)}{earlier}.")
