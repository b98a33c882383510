"""Forecasts of the past with covariates and without: accuracy, coverage, cost of checking."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import gated
from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, timed
from benchmarks.common.report import Column, Report, Sheet, Spread, Value, spread
from benchmarks.forecasting.data.datasets import table_source
from gated.forecast.evaluation.result import Backtest
from gated.table import Table
from gated.table.as_of import as_of

__all__ = ["NAMES", "Measured", "Request", "run"]

COVARIATES = {
    "bike": ("holiday", "workingday", "weather", "temp", "hum", "windspeed"),
    "vic": ("temperature", "holiday"),
    "shop": ("open",),
}
NAMES = tuple(COVARIATES)

SCORES = ("mase", "smape", "wape", "crps", "coverage-80", "coverage-95")


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        name: of the data.
        data: the folder of data sets.
        windows: how many cutoffs, one horizon apart.
        seeds: one run each.
        threads: of the measured process.
        validation: leave out all that the test's cutoffs forecast, and cut before it.
        max_steps: shortens training, for a trial.
    """

    name: str
    data: Folder
    windows: int = 8
    seeds: tuple[int, ...] = (0,)
    threads: int = 1
    validation: bool = False
    max_steps: int | None = None


@dataclass(frozen=True)
class Measured:
    """One backtest: scores of gated and of seasonal naive, and where the seconds went."""

    scores: dict[str, float]
    naive: dict[str, float]
    seconds: dict[str, float]
    notes: tuple[str, ...]


def run(request: Request) -> Report:
    """Backtest with the covariates and without, for each seed."""
    chosen: dict[str, tuple[str, ...]] = {"without": (), "with": COVARIATES[request.name]}
    measured: dict[str, list[Measured]] = {name: [] for name in chosen}
    for seed in request.seeds:
        for name, covariates in chosen.items():
            print(f"{request.name}, {name} covariates, seed {seed} …", file=sys.stderr, flush=True)
            one = in_fresh_process(request.threads, measure, request, covariates, seed)
            measured[name].append(one)
    _, _, h = table_source(request.name, request.data)
    return Report(
        benchmark="backtest",
        facts={
            "data": request.name,
            "cut": "validation" if request.validation else "test",
            "horizon": h,
            "cutoffs": request.windows,
            "covariates": ", ".join(COVARIATES[request.name]),
            "seeds": ",".join(map(str, request.seeds)),
            "shortened": request.max_steps is not None,
        },
        machine=machine(request.threads),
        sheets=[_ratios(measured), _accuracy(measured), _costs(measured)],
        notes=list(
            dict.fromkeys(note for runs in measured.values() for m in runs for note in m.notes)
        ),
    )


def measure(request: Request, covariates: Sequence[str], seed: int) -> Measured:
    """One backtest from table to scores."""
    table = _table(request, covariates)
    _, _, h = table_source(request.name, request.data)
    model = gated.Forecaster(h=h, seed=seed, max_steps=request.max_steps, training="auto")
    found, checking = timed(model.backtest, table, n_windows=request.windows)
    _, scoring = timed(_all_scores, found)
    spent = found.seconds
    work = spent["fit"] + spent["predict"]
    return Measured(
        {key: found.overall["gated"][key] for key in SCORES},
        {key: found.overall["seasonal_naive"][key] for key in ("mase", "wape")},
        {**spent, "total": checking + scoring, "beyond": (checking + scoring - work) / work},
        (found.text,),
    )


def _table(request: Request, covariates: Sequence[str]) -> Table:
    path, columns, h = table_source(request.name, request.data)
    table = gated.read_table(
        path, time_col=columns.time, target_col=columns.target, covariates=covariates
    )
    if request.validation:
        table, _ = as_of(table, table.lengths - request.windows * h)
    return table


def _all_scores(found: Backtest) -> None:
    """Everything that a user may look at."""
    for by in ("overall", "series", "cutoff", "step"):
        found.scores(by)
    _ = found.frame


def _spread(runs: Sequence[Measured], key: str) -> float | Spread:
    return spread([{**one.scores, **one.seconds}[key] for one in runs])


def _ratios(measured: dict[str, list[Measured]]) -> Sheet:
    pairs = list(zip(measured["with"], measured["without"], strict=True))
    rows: list[dict[str, Value]] = [
        {
            "what": "MASE with covariates ÷ without",
            "ratio": spread([one.scores["mase"] / other.scores["mase"] for one, other in pairs]),
        }
    ]
    for name, runs in measured.items():
        ratios = [one.scores["mase"] / one.naive["mase"] for one in runs]
        rows.append({"what": f"MASE {name} covariates ÷ seasonal naive", "ratio": spread(ratios)})
    return Sheet("ratios", "Ratios", [Column("what", "what"), Column("ratio", "ratio")], rows)


def _accuracy(measured: dict[str, list[Measured]]) -> Sheet:
    columns = [
        Column("run", "covariates"),
        Column("mase", "MASE"),
        Column("smape", "sMAPE", 2),
        Column("wape", "WAPE", 4),
        Column("crps", "CRPS", 4),
        Column("coverage-80", "in 80 %"),
        Column("coverage-95", "in 95 %"),
    ]
    rows: list[dict[str, Value]] = [
        {"run": name, **{key: _spread(runs, key) for key in SCORES}}
        for name, runs in measured.items()
    ]
    return Sheet("accuracy", "Accuracy over all cutoffs", columns, rows)


def _costs(measured: dict[str, list[Measured]]) -> Sheet:
    columns = [
        Column("run", "covariates"),
        Column("fit", "fit, s", 1),
        Column("predict", "predict, s", 2),
        Column("others", "the rules, s", 2),
        Column("total", "all, s", 1),
        Column("beyond", "beyond fit and predict, share", 4),
    ]
    keys = ("fit", "predict", "others", "total", "beyond")
    rows: list[dict[str, Value]] = [
        {"run": name, **{key: _spread(runs, key) for key in keys}}
        for name, runs in measured.items()
    ]
    return Sheet("costs", "Seconds, with all scores", columns, rows)
