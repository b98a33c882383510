"""`gated demo`: forecast a real shop's last four weeks, and lay what really came beside it."""

import time
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

import gated
from gated import Forecaster, read_table
from gated.arrays import BoolArray, FloatArray
from gated.cli.console.chart import ForecastChart
from gated.cli.console.messages import Messages
from gated.cli.console.native_advice import why_slower
from gated.cli.console.progress import progress_bar
from gated.cli.console.threads import settle_threads
from gated.forecast.baselines import simple
from gated.forecast.metrics import coverage, wape
from gated.plot.bars import bar_table
from gated.table import Table, split_known_future
from gated.text import duration, percent, shares

__all__ = ["run", "shop_data"]


_HORIZON = 28
_LEVEL = 80
_RULES = {"seasonal_naive": "same day of the last week", "seasonal_mean": "mean of the weekday"}


@dataclass(frozen=True)
class Trial:
    """The shop's past, what came after it, and what was forecast from the past alone.

    Attributes:
        past: up to the cutoff, with `open` as covariate.
        open: [h] whether the shop was open on the days ahead, known in advance.
        actual: [h] the revenue that came.
        model: the pretrained network, validated on the past.
        frame: the forecast.
        memory: what the memory kept.
    """

    past: Table
    open: BoolArray
    actual: FloatArray
    model: Forecaster
    frame: Any
    memory: list[tuple[str, float]]


def run(messages: Messages) -> None:
    """Forecast, compare, draw and say; the report goes to stdout.

    Args:
        messages: shows the progress on stderr.
    """
    started = time.monotonic()
    threads = settle_threads()
    with progress_bar(messages, "Forecasting"):
        trial = _try()
    seconds = time.monotonic() - started
    console = Console(highlight=False)
    report = Messages(console=console)
    report.line(f"gated {gated.__version__}: recurrent networks that remember", style="bold")
    report.line("A real shop: two years of revenue, then four weeks that were hidden from gated.")
    report.line()
    console.print(_drawn(trial, height=int(np.clip(console.height - 18, 6, 16))))
    report.line()
    _compare(report, trial)
    report.tell("Decided", trial.model.verdict_.text)
    report.tell("Kept", shares(trial.memory))
    took = f"{duration(seconds)} on {threads} thread{'s' if threads > 1 else ''}."
    report.tell("Took", took, *why_slower())
    report.tell("Next", f"gated forecast your.csv --horizon {_HORIZON}")
    report.tell(
        "Training",
        "About a minute of training also learns from columns such as prices, and is kept only "
        "where it errs less on held-out days:",
        f"gated forecast your.csv --horizon {_HORIZON} --covariate price --training auto",
    )


def shop_data() -> Any:
    """Where the shop's table is, as `importlib.resources` gives it."""
    return resources.files("gated") / "data" / "shop_daily_total.csv.gz"


def _try() -> Trial:
    with resources.as_file(shop_data()) as path:
        whole = read_table(Path(path), target_col="revenue", covariates=["open"])
    actual = whole.y[-_HORIZON:]
    unseen = replace(whole, y=np.append(whole.y[:-_HORIZON], np.full(_HORIZON, np.nan)))
    past, future = split_known_future(unseen)
    model = Forecaster(h=_HORIZON).fit(past)
    made = model.forecast(level=_LEVEL, X_df=future)
    is_open = whole.covariates[-_HORIZON:, 0] == 1
    return Trial(past, is_open, actual, model, made.frame, made.memory)


def _drawn(trial: Trial, height: int) -> Any:
    """The chart of the open days: a line that falls to zero every Saturday hides the rest."""
    closed = trial.past.covariates[:, 0] == 0
    past = replace(trial.past, y=np.where(closed, np.nan, trial.past.y))
    frame = trial.frame.copy()
    frame.loc[~trial.open, frame.columns[2:]] = np.nan
    actual = np.where(trial.open, trial.actual, np.nan)
    outlook = ForecastChart(past, frame, _HORIZON, _LEVEL)
    return outlook.chart(0, height=height, title="£ per open day", actual=actual)


def _compare(report: Messages, trial: Trial) -> None:
    """Network and rules on the hidden days, the closed ones known to all."""
    y, closed_ahead = trial.actual[None], ~trial.open[None]
    closed = trial.past.covariates[:, 0] == 0
    season = trial.past.frequency.season_length
    errors = {"gated": wape(y, _column(trial, "gated"))}
    for rule, words in _RULES.items():
        points = simple.apply(
            rule, trial.past.y, trial.past.offsets, season, _HORIZON, closed_ahead, closed
        )
        errors[words] = wape(y, points)
    held = coverage(
        np.where(trial.open, y, np.nan),
        _column(trial, f"gated-lo-{_LEVEL}"),
        _column(trial, f"gated-hi-{_LEVEL}"),
    )
    report.show("Error", bar_table((name, error, percent(error)) for name, error in errors.items()))
    days = int(trial.open.sum())
    report.tell("Interval", f"{percent(held)} of {days} open days came within the 80 % interval.")


def _column(trial: Trial, name: str) -> FloatArray:
    """[1, h] a column of the forecast."""
    return np.asarray(trial.frame[name], dtype=np.float64)[None]
