"""Runs `gated demo`: forecasts a shop's last four weeks and prints the errors."""

import shlex
import time
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from pyarrow.csv import read_csv

import gated
from gated import Forecaster, datasets, read_table
from gated.arrays import BoolArray, FloatArray
from gated.cli.console.chart import ForecastChart
from gated.cli.console.messages import Messages
from gated.cli.console.native_advice import slow_path_notes
from gated.cli.console.progress import progress_bar
from gated.cli.console.visible_console import VisibleConsole
from gated.cli.output.encoding import encoded
from gated.files import write_whole
from gated.forecast.baselines import simple
from gated.forecast.metrics import coverage, wape
from gated.plot.terminal.bars import bar_table
from gated.table import Table, split_known_future
from gated.text import counted, duration, percent, shares
from gated.threads import worker_count

__all__ = ["run", "write_table"]


_HORIZON = 28
_LEVEL = 80
_BASELINES = {"seasonal_naive": "same day of the last week", "seasonal_mean": "mean of the weekday"}


@dataclass(frozen=True)
class DemoForecast:
    """The forecast of held-out days.

    Attributes:
        past: the table up to the cutoff, with `open` as covariate.
        open: [h] whether the shop was open on the held-out days, which is known in advance.
        actual: [h] the revenue of the held-out days.
        model: the pretrained network, validated on the past.
        columns: the forecast, [h] by name.
        memory: the weight of each distance in the past, the largest first.
    """

    past: Table
    open: BoolArray
    actual: FloatArray
    model: Forecaster
    columns: dict[str, FloatArray]
    memory: list[tuple[str, float]]


def run(messages: Messages) -> None:
    """Run `gated demo`: forecast, and print a chart and a comparison to stdout.

    Args:
        messages: shows the progress on stderr.
    """
    started = time.monotonic()
    threads = worker_count()
    with progress_bar(messages, "Forecasting"):
        demo = _forecast_held_out_days()
    seconds = time.monotonic() - started
    console = VisibleConsole(highlight=False)
    report = Messages(console=console)
    report.write_line(f"gated {gated.__version__}: recurrent networks that remember", style="bold")
    report.write_line("A real shop: two years of revenue, then four held-out weeks.")
    report.write_line()
    console.print(_chart(demo, height=int(np.clip(console.height - 18, 6, 16))))
    report.write_line()
    _write_errors(report, demo)
    report.write("Method", demo.model.verdict_.text)
    report.write("Memory", shares(demo.memory))
    took = f"{duration(seconds)} on {threads} thread{'s' if threads > 1 else ''}."
    report.write("Time", took, *slow_path_notes())
    report.write("Next", f"gated forecast your.csv --horizon {_HORIZON}")
    report.write(
        "Columns",
        "Columns such as prices are used where they lower the error on held-out days:",
        f"gated forecast your.csv --horizon {_HORIZON} --covariate price",
    )


def write_table(path: Path, messages: Messages) -> None:
    """Write the shop's table to a file that the other commands can read.

    Args:
        path: a .csv or .parquet file.
        messages: prints the file and the next command.
    """
    with resources.as_file(datasets.shop_file()) as file:
        days = read_csv(file).select(["ds", "revenue", "open"])
    days = days.set_column(0, "ds", days["ds"].cast("timestamp[us]"))
    write_whole(path, encoded(days, path, {"revenue": 2}))
    messages.write("Written", f"{path}: {counted(len(days), 'day')} of a shop's revenue.")
    messages.write("Next", f"gated forecast {shlex.quote(str(path))} --horizon {_HORIZON}")


def _forecast_held_out_days() -> DemoForecast:
    with resources.as_file(datasets.shop_file()) as file:
        whole = read_table(file, time_col="ds", target_col="revenue", covariates=["open"])
    actual = whole.y[-_HORIZON:]
    held_out = replace(whole, y=np.append(whole.y[:-_HORIZON], np.full(_HORIZON, np.nan)))
    past, future = split_known_future(held_out)
    model = Forecaster(h=_HORIZON).fit(past)
    made = model.forecast(level=_LEVEL, X_df=future)
    is_open = whole.covariates[-_HORIZON:, 0] == 1
    columns = {name: values[0] for name, values in made.columns.items()}
    return DemoForecast(past, is_open, actual, model, columns, made.memory)


def _chart(demo: DemoForecast, height: int) -> Any:
    """Draw the open days only: with closed days, the line falls to 0 every week."""
    closed = demo.past.covariates[:, 0] == 0
    past = replace(demo.past, y=np.where(closed, np.nan, demo.past.y))
    frame = {name: np.where(demo.open, y, np.nan) for name, y in demo.columns.items()}
    actual = np.where(demo.open, demo.actual, np.nan)
    chart = ForecastChart(past, frame, _HORIZON, _LEVEL)
    return chart.chart(0, height=height, title="£ per open day", actual=actual)


def _write_errors(report: Messages, demo: DemoForecast) -> None:
    """Print the errors of gated and of baselines; all of them use the closed days."""
    y, closed_ahead = demo.actual[None], ~demo.open[None]
    closed = demo.past.covariates[:, 0] == 0
    season = demo.past.frequency.season_length
    errors = {"gated": wape(y, _column(demo, "gated"))}
    for baseline, description in _BASELINES.items():
        points = simple.apply(
            baseline, demo.past.y, demo.past.offsets, season, _HORIZON, closed_ahead, closed
        )
        errors[description] = wape(y, points)
    covered = coverage(
        np.where(demo.open, y, np.nan),
        _column(demo, f"gated-lo-{_LEVEL}"),
        _column(demo, f"gated-hi-{_LEVEL}"),
    )
    report.write_picture(
        "Error", bar_table((name, error, percent(error)) for name, error in errors.items())
    )
    days = int(demo.open.sum())
    report.write(
        "Interval", f"{percent(covered)} of {days} open days are inside the {_LEVEL} % interval."
    )


def _column(demo: DemoForecast, name: str) -> FloatArray:
    """Return a column of the forecast, [1, h]."""
    return demo.columns[name][None]
