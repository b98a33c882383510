"""Scores the pretrained network, without training, on GIFT-Eval's tasks and on other tables."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.common.folders import Folder
from benchmarks.common.measure import machine
from benchmarks.common.report import Column, Report, Row, Sheet
from benchmarks.zero_shot.forecasts import (
    MAX_FITTED_VALUES,
    command_forecast,
    network_forecast,
    statsforecast_forecasts,
)
from benchmarks.zero_shot.gift_eval_scores import (
    GiftEvalScores,
    score,
    seasonal_naive,
    windows_of,
)
from benchmarks.zero_shot.tasks import GIFT_EVAL, OTHERS, Task

__all__ = ["OURS", "run"]

OURS = "gated, the network alone"
_COMMAND = "gated, as the command forecasts"
_NAIVE, _PUBLISHED_NAIVE = "seasonal naive", "seasonal_naive"
_STATISTICAL = ("AutoETS", "AutoTheta")
_CRPS_COMPETITORS = ("auto_arima", "deepar")
_M3_SERIES = {"m3_yearly": 645, "m3_quarterly": 756, "m3_monthly": 1_428, "m3_other": 174}

ScoresByMethod = dict[str, GiftEvalScores]
PublishedScores = dict[str, dict[str, float]]
"""Model to task to score."""


def run(
    data: Folder,
    anchors: Folder,
    threads: int,
    *,
    others: bool = True,
    show_progress: Callable[[str], None] = lambda line: None,
) -> Report:
    """Score all tasks.

    Args:
        data: the folder of data sets.
        anchors: the folder of published scores.
        threads: number of threads of this process, for the report.
        others: whether to also score the tables without published scores.
        show_progress: gets a line after each task.
    """
    described = machine(threads)
    gift_eval = {task: _score_task(task, data, (), threads, show_progress) for task in GIFT_EVAL}
    rest = {}
    if others:
        rest = {
            task: _score_task(task, data, _STATISTICAL, threads, show_progress) for task in OTHERS
        }
    mase, crps = _published(anchors, "mase"), _published(anchors, "crps")
    sheets = [
        _overall_sheet(gift_eval, mase, crps),
        _task_sheet(gift_eval, mase, crps),
        *_other_sheets(rest),
    ]
    notes = [
        "Published rows: SalesforceAIResearch/gift-eval, results/. ETT and births are other "
        "editions than GIFT-Eval's (hourly ETT instead of quarter-hourly, births of 1994 to 2014 "
        "instead of 1969 to 1988), so that only ratios to seasonal naive can be compared.",
        _crps_comparison(gift_eval, crps),
        "MSIS is that of the 95 % interval, as in M4, in the unit of MASE. It is relative to "
        "seasonal naive in the first table. No model has a published MSIS on these tasks.",
        f"AutoETS and AutoTheta are fitted to the last {MAX_FITTED_VALUES:,} values before each "
        "window.",
    ]
    facts: dict[str, str | int | bool] = {"tasks": len(gift_eval) + len(rest), "threads": threads}
    return Report("zero_shot", facts, described, sheets, notes)


def _score_task(
    task: Task,
    data: Folder,
    statistical: tuple[str, ...],
    threads: int,
    show_progress: Callable[[str], None],
) -> ScoresByMethod:
    """Forecast and score one task by gated, seasonal naive and statsforecast's models."""
    table = task.read(data)
    cutoffs = task.cutoffs(table.lengths)
    windows = list(windows_of(table, task.h, cutoffs))
    usable = np.array([bool(np.isfinite(w.y).any() and np.isfinite(w.past).any()) for w in windows])
    scored = [window for window, is_usable in zip(windows, usable, strict=True) if is_usable]
    forecasts = {
        OURS: network_forecast(table, task.h, cutoffs)[usable],
        _COMMAND: command_forecast(table, task.h, cutoffs)[usable],
    }
    if statistical:
        season_length = table.frequency.season_length
        forecasts |= statsforecast_forecasts(statistical, scored, season_length, threads)
    forecasts[_NAIVE] = np.stack([seasonal_naive(window, task.season) for window in scored])
    scores = {name: score(scored, values, task.season) for name, values in forecasts.items()}
    show_progress(
        f"{task.name}: MASE {scores[OURS].mase:.3f}, seasonal naive {scores[_NAIVE].mase:.3f}"
    )
    return scores


def _published(anchors: Folder, score_name: str) -> PublishedScores:
    """A published score of every model on every task."""
    table = pd.read_csv(anchors.file(f"gift_eval_{score_name}.csv")).set_index("task")
    table = table.loc[[task.published for task in GIFT_EVAL]].astype(float)
    return {str(model): {str(k): v for k, v in column.items()} for model, column in table.items()}


def _overall_sheet(
    gift_eval: dict[Task, ScoresByMethod], mase: PublishedScores, crps: PublishedScores
) -> Sheet:
    """Geometric means of the ratios to seasonal naive, lowest MASE first."""
    without_births = [task for task in gift_eval if not task.published.startswith("us_births")]
    rows: list[Row] = []
    for name in (OURS, _COMMAND, *mase):
        row: Row = {"method": name}
        for suffix, tasks in (("", list(gift_eval)), ("alike", without_births)):
            for score_name, published in (("mase", mase), ("crps", crps)):
                ratios = [
                    _ratio(gift_eval[task], task, name, score_name, published) for task in tasks
                ]
                row[score_name + suffix] = float(np.exp(np.log(ratios).mean()))
            if name in (OURS, _COMMAND):
                row["msis" + suffix] = _msis_ratio(gift_eval, tasks, name)
        rows.append(row)
    rows.sort(key=lambda row: float(str(row["mase"])))
    columns = (
        Column("method", "method"),
        Column("mase", "MASE"),
        Column("crps", "CRPS"),
        Column("msis", "MSIS"),
        Column("masealike", "MASE without births"),
        Column("crpsalike", "CRPS without births"),
        Column("msisalike", "MSIS without births"),
    )
    title = (
        f"Geometric mean over {len(gift_eval)} tasks of the ratio to seasonal naive; lower is "
        "better"
    )
    return Sheet("overall", title, columns, rows, frozenset({OURS, _COMMAND}))


def _ratio(
    scores: ScoresByMethod, task: Task, name: str, score_name: str, published: PublishedScores
) -> float:
    """A method's score ÷ seasonal naive's: ours on our data, a published one on GIFT-Eval's."""
    if name in scores:
        return float(getattr(scores[name], score_name) / getattr(scores[_NAIVE], score_name))
    return published[name][task.published] / published[_PUBLISHED_NAIVE][task.published]


def _msis_ratio(gift_eval: dict[Task, ScoresByMethod], tasks: list[Task], name: str) -> float:
    """Geometric mean of MSIS ÷ seasonal naive's; there are no published figures of it."""
    ratios = [gift_eval[task][name].msis / gift_eval[task][_NAIVE].msis for task in tasks]
    return float(np.exp(np.log(ratios).mean()))


def _task_sheet(
    gift_eval: dict[Task, ScoresByMethod], mase: PublishedScores, crps: PublishedScores
) -> Sheet:
    """Every task: our scores, seasonal naive here and as published, three published models."""
    models = ("chronos_bolt_base", "TiRex", "TiRex-2-Zeroshot")
    columns = [
        Column("task", "task"),
        Column("same", "same data"),
        Column("mase", "MASE"),
        Column("command", "MASE of the command"),
        Column("naive", "seasonal naive"),
        Column("ratio", "ratio"),
        Column("published", "published naive"),
        *(Column(model, f"ratio of {model}") for model in models),
        Column("crps", "CRPS"),
        Column("naive_crps", "naive CRPS"),
        Column("published_crps", "published naive CRPS"),
        Column("msis", "MSIS"),
        Column("naive_msis", "naive MSIS"),
        Column("held", "in 80 %", 2),
    ]
    rows: list[Row] = []
    for task, scores in gift_eval.items():
        ours, naive, key = scores[OURS], scores[_NAIVE], task.published
        published = mase[_PUBLISHED_NAIVE][key]
        rows.append(
            {
                "task": key,
                "same": "yes" if task.is_same else "no",
                "mase": ours.mase,
                "command": scores[_COMMAND].mase,
                "naive": naive.mase,
                "ratio": ours.mase / naive.mase,
                "published": published,
                **{model: mase[model][key] / published for model in models},
                "crps": ours.crps,
                "naive_crps": naive.crps,
                "published_crps": crps[_PUBLISHED_NAIVE][key],
                "msis": ours.msis,
                "naive_msis": naive.msis,
                "held": ours.coverage,
            }
        )
    return Sheet("by_task", "GIFT-Eval's tasks; lower is better", columns, rows)


def _other_sheets(rest: dict[Task, ScoresByMethod]) -> list[Sheet]:
    """The tables without published scores, and M3 pooled; nothing where none was scored."""
    if not rest:
        return []
    names = (OURS, _COMMAND, _NAIVE, *_STATISTICAL)
    titles = ("network", "command", "seasonal naive", *_STATISTICAL)
    columns = [Column("task", "table")]
    for score_title in ("MASE", "CRPS", "MSIS"):
        columns += [
            Column(f"{score_title} {name}", f"{score_title} {title}")
            for name, title in zip(names, titles, strict=True)
        ]
    columns.append(Column("held", "in 80 %", 2))
    rows: list[Row] = []
    for task, scores in rest.items():
        row: Row = {"task": f"{task.name}, {task.h} steps"}
        for name in names:
            row[f"MASE {name}"], row[f"CRPS {name}"] = scores[name].mase, scores[name].crps
            row[f"MSIS {name}"] = scores[name].msis
        rows.append({**row, "held": scores[OURS].coverage})
    coverages = [scores[OURS].coverage for scores in rest.values()]
    rows.append({"task": "mean", "held": float(np.mean(coverages))})
    title = "Other tables; lower is better"
    return [Sheet("others", title, columns, rows), _m3_sheet(rest, names)]


def _m3_sheet(rest: dict[Task, ScoresByMethod], names: tuple[str, ...]) -> Sheet:
    """sMAPE over all 3,003 series of M3."""
    rows: list[Row] = []
    for name in names:
        smape = {task.table: scores[name].smape for task, scores in rest.items()}
        total = sum(smape[part] * count for part, count in _M3_SERIES.items())
        parts = {part: smape[part] for part in _M3_SERIES}
        rows.append({"method": name, **parts, "pooled": total / sum(_M3_SERIES.values())})
    columns = [Column("method", "method"), *(Column(part, part, 2) for part in _M3_SERIES)]
    columns.append(Column("pooled", "pooled", 2))
    title = "M3: sMAPE in percent (Theta 13.01); lower is better"
    return Sheet("m3", title, columns, rows, frozenset({OURS}))


def _crps_comparison(gift_eval: dict[Task, ScoresByMethod], crps: PublishedScores) -> str:
    """A sentence: on which tasks our CRPS ratio is not below AutoARIMA's and DeepAR's."""
    lost = []
    for task, scores in gift_eval.items():
        ratio, key = scores[OURS].crps / scores[_NAIVE].crps, task.published
        lost += [
            f"{key} ({model})"
            for model in _CRPS_COMPETITORS
            if ratio >= crps[model][key] / crps[_PUBLISHED_NAIVE][key]
        ]
    if not lost:
        return "CRPS (ratio to seasonal naive) is below AutoARIMA's and DeepAR's on every task."
    return f"CRPS (ratio to seasonal naive) is not below that of: {', '.join(lost)}."
