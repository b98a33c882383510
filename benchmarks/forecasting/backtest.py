"""Backtests of `gated.Forecaster` with and without covariates: accuracy, coverage, seconds."""

from collections.abc import Sequence
from dataclasses import dataclass

import gated
from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress, timed
from benchmarks.common.report import Column, Report, Row, Sheet, Spread, spread
from benchmarks.forecasting.data.datasets import table_source
from gated.forecast.evaluation.backtest import Backtest
from gated.table import Table
from gated.table.as_of import as_of

__all__ = ["COVARIATES", "BacktestRequest", "BacktestRun", "run"]

COVARIATES = {
    "bike": ("holiday", "workingday", "weather", "temp", "hum", "windspeed"),
    "vic": ("temperature", "holiday"),
    "shop": ("open",),
}
"""Data set to the covariates that are used."""

_SCORES = ("mase", "smape", "wape", "crps", "msis-95", "coverage-80", "coverage-95")


@dataclass(frozen=True)
class BacktestRequest:
    """Options of the benchmark.

    Attributes:
        name: of the data set.
        data: the folder of data sets.
        windows: number of cutoffs, one horizon apart.
        seeds: one run each.
        threads: number of threads of the measured process.
        validation: drop all steps that the test's cutoffs forecast, and cut before them.
        max_steps: shortens the training, to try the benchmark.
    """

    name: str
    data: Folder
    windows: int = 8
    seeds: tuple[int, ...] = (0,)
    threads: int = 1
    validation: bool = False
    max_steps: int | None = None


@dataclass(frozen=True)
class BacktestRun:
    """The result of one backtest.

    Attributes:
        scores: of gated.
        naive_scores: of the seasonal naive baseline.
        seconds: stage to its seconds.
        notes: the backtest's summary.
    """

    scores: dict[str, float]
    naive_scores: dict[str, float]
    seconds: dict[str, float]
    notes: tuple[str, ...]


def run(request: BacktestRequest) -> Report:
    """Backtest with and without covariates, for each seed."""
    described = machine(request.threads)
    chosen: dict[str, tuple[str, ...]] = {"without": (), "with": COVARIATES[request.name]}
    runs: dict[str, list[BacktestRun]] = {name: [] for name in chosen}
    for seed in request.seeds:
        for name, covariates in chosen.items():
            show_progress(f"{request.name}, {name} covariates, seed {seed}")
            one = in_fresh_process(request.threads, run_once, request, covariates, seed)
            runs[name].append(one)
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
        machine=described,
        sheets=[_ratio_sheet(runs), _accuracy_sheet(runs), _cost_sheet(runs)],
        notes=list(
            dict.fromkeys(note for ones in runs.values() for one in ones for note in one.notes)
        ),
    )


def run_once(request: BacktestRequest, covariates: Sequence[str], seed: int) -> BacktestRun:
    """One backtest, from the table to all scores."""
    table = _table(request, covariates)
    _, _, h = table_source(request.name, request.data)
    model = gated.Forecaster(h=h, seed=seed, max_steps=request.max_steps, training="auto")
    result, backtest_seconds = timed(model.backtest, table, n_windows=request.windows)
    _, score_seconds = timed(_compute_all_scores, result)
    stages = result.seconds
    total = backtest_seconds + score_seconds
    fit_and_predict = stages["fit"] + stages["predict"]
    return BacktestRun(
        {key: result.overall["gated"][key] for key in _SCORES},
        {key: result.overall["seasonal_naive"][key] for key in ("mase", "wape")},
        {**stages, "total": total, "beyond": (total - fit_and_predict) / fit_and_predict},
        (result.text,),
    )


def _table(request: BacktestRequest, covariates: Sequence[str]) -> Table:
    path, columns, h = table_source(request.name, request.data)
    table = gated.read_table(
        path, time_col=columns.time, target_col=columns.target, covariates=covariates
    )
    if request.validation:
        table, _ = as_of(table, table.lengths - request.windows * h)
    return table


def _compute_all_scores(result: Backtest) -> None:
    """Compute every table of scores and the frame of a backtest."""
    for by in ("overall", "series", "cutoff", "step"):
        result.scores(by)
    _ = result.frame


def _spread_of(runs: Sequence[BacktestRun], key: str) -> float | Spread:
    return spread([{**one.scores, **one.seconds}[key] for one in runs])


def _ratio_sheet(runs: dict[str, list[BacktestRun]]) -> Sheet:
    pairs = list(zip(runs["with"], runs["without"], strict=True))
    rows: list[Row] = [
        {
            "what": "MASE with covariates ÷ without",
            "ratio": spread([one.scores["mase"] / other.scores["mase"] for one, other in pairs]),
        }
    ]
    for name, ones in runs.items():
        ratios = [one.scores["mase"] / one.naive_scores["mase"] for one in ones]
        rows.append({"what": f"MASE {name} covariates ÷ seasonal naive", "ratio": spread(ratios)})
    return Sheet("ratios", "Ratios", [Column("what", "what"), Column("ratio", "ratio")], rows)


def _accuracy_sheet(runs: dict[str, list[BacktestRun]]) -> Sheet:
    columns = [
        Column("run", "covariates"),
        Column("mase", "MASE"),
        Column("smape", "sMAPE", 2),
        Column("wape", "WAPE", 4),
        Column("crps", "CRPS", 4),
        Column("msis-95", "MSIS 95"),
        Column("coverage-80", "in 80 %"),
        Column("coverage-95", "in 95 %"),
    ]
    rows: list[Row] = [
        {"run": name, **{key: _spread_of(ones, key) for key in _SCORES}}
        for name, ones in runs.items()
    ]
    return Sheet("accuracy", "Accuracy over all cutoffs", columns, rows)


def _cost_sheet(runs: dict[str, list[BacktestRun]]) -> Sheet:
    columns = [
        Column("run", "covariates"),
        Column("fit", "fit, s", 1),
        Column("predict", "predict, s", 2),
        Column("others", "baselines, s", 2),
        Column("total", "total, s", 1),
        Column("beyond", "share beyond fit and predict", 4),
    ]
    keys = ("fit", "predict", "others", "total", "beyond")
    rows: list[Row] = [
        {"run": name, **{key: _spread_of(ones, key) for key in keys}} for name, ones in runs.items()
    ]
    return Sheet("costs", "Seconds, all scores included", columns, rows)
