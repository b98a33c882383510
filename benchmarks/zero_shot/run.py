"""`python -m benchmarks zero_shot`: the shipped network on tables it never saw."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.common.folders import Folder
from benchmarks.common.measure import machine
from benchmarks.common.report import Column, Report, Sheet, Value
from benchmarks.zero_shot.forecasts import MOST_FITTED, command, network, statistical
from benchmarks.zero_shot.gift_eval_scores import Scored, score, seasonal_naive, windows_of
from benchmarks.zero_shot.tasks import GIFT_EVAL, OTHERS, Task

__all__ = ["OURS", "run"]

OURS = "gated, the network alone"
_COMMAND = "gated, as the command forecasts"
_NAIVE, _PUBLISHED_NAIVE = "seasonal naive", "seasonal_naive"
_STATISTICAL = ("AutoETS", "AutoTheta")
_BEATEN = ("auto_arima", "deepar")
Answers = dict[str, Scored]
Figures = dict[str, dict[str, float]]


def run(
    data: Folder,
    anchors: Folder,
    threads: int,
    *,
    others: bool = True,
    say: Callable[[str], None] = lambda line: None,
) -> Report:
    """Score all tasks.

    Args:
        data, anchors: where tables and published rows lie.
        threads: of the process, for the report.
        others: whether the tables without published rows are run, too.
        say: told when a task is done.
    """
    gift = {task: _done(task, data, (), threads, say) for task in GIFT_EVAL}
    rest = {}
    if others:
        rest = {task: _done(task, data, _STATISTICAL, threads, say) for task in OTHERS}
    mase, crps = _published(anchors, "mase"), _published(anchors, "crps")
    sheets = [_overall(gift, mase, crps), _by_task(gift, mase, crps), *_rest(rest)]
    notes = [
        "Published rows: SalesforceAIResearch/gift-eval, results/. ETT and births are other "
        "editions than GIFT-Eval's (ETT by the hour instead of by the quarter-hour, births of 1994 "
        "to 2014 instead of 1969 to 1988), so that only ratios to seasonal naive compare.",
        _beaten(gift, crps),
        f"AutoETS and AutoTheta are fitted to the last {MOST_FITTED:,} values before each window.",
    ]
    facts: dict[str, str | int | bool] = {"tasks": len(gift) + len(rest), "threads": threads}
    return Report("zero_shot", facts, machine(threads), sheets, notes)


def _done(
    task: Task, data: Folder, others: tuple[str, ...], threads: int, say: Callable[[str], None]
) -> Answers:
    table = task.read(data)
    cutoffs = task.cutoffs(table.lengths)
    windows = list(windows_of(table, task.h, cutoffs))
    told = np.array([bool(np.isfinite(w.y).any() and np.isfinite(w.past).any()) for w in windows])
    asked = [window for window, is_told in zip(windows, told, strict=True) if is_told]
    naive = np.stack([seasonal_naive(window, task.season) for window in asked])
    answers = {OURS: network(table, task.h, cutoffs), _COMMAND: command(table, task.h, cutoffs)}
    answers = {name: deciles[told] for name, deciles in answers.items()}
    if others:
        answers |= statistical(others, asked, table.frequency.season_length, threads)
    scored = {name: score(asked, deciles, task.season) for name, deciles in answers.items()}
    scored[_NAIVE] = score(asked, naive, task.season)
    ours, ruled = scored[OURS], scored[_NAIVE]
    say(f"{task.name}: MASE {ours.mase:.3f}, seasonal naive {ruled.mase:.3f}")
    return scored


def _published(anchors: Folder, figure: str) -> dict[str, dict[str, float]]:
    """Model to task to a published score."""
    table = pd.read_csv(anchors.file(f"gift_eval_{figure}.csv")).set_index("task")
    table = table.loc[[task.published for task in GIFT_EVAL]].astype(float)
    return {str(model): {str(k): v for k, v in column.items()} for model, column in table.items()}


def _overall(gift: dict[Task, Answers], mase: Figures, crps: Figures) -> Sheet:
    """Geometric means of the ratios to seasonal naive, the best by MASE first."""
    alike = [task for task in gift if not task.published.startswith("us_births")]
    rows: list[dict[str, Value]] = []
    for name in (OURS, _COMMAND, *mase):
        row: dict[str, Value] = {"method": name}
        for key, tasks in (("", list(gift)), ("alike", alike)):
            for figure, published in (("mase", mase), ("crps", crps)):
                ratios = [_ratio(gift[task], task, name, figure, published) for task in tasks]
                row[figure + key] = float(np.exp(np.log(ratios).mean()))
        rows.append(row)
    rows.sort(key=lambda row: float(str(row["mase"])))
    columns = (
        Column("method", "method"),
        Column("mase", "MASE"),
        Column("crps", "CRPS"),
        Column("masealike", "MASE without births"),
        Column("crpsalike", "CRPS without births"),
    )
    title = f"Geometric mean over {len(gift)} tasks of the ratio to seasonal naive; lower is better"
    return Sheet("overall", title, columns, rows, frozenset({OURS, _COMMAND}))


def _ratio(answers: Answers, task: Task, name: str, figure: str, published: Figures) -> float:
    """A method's figure over seasonal naive's: ours on our data, a published one on theirs."""
    if name in answers:
        return float(getattr(answers[name], figure) / getattr(answers[_NAIVE], figure))
    return published[name][task.published] / published[_PUBLISHED_NAIVE][task.published]


def _by_task(gift: dict[Task, Answers], mase: Figures, crps: Figures) -> Sheet:
    """Every task: our figures, seasonal naive here and as published, three models."""
    models = ("chronos_bolt_base", "TiRex", "TiRex-2-Zeroshot")
    columns = [
        Column("task", "task"),
        Column("same", "same data"),
        Column("mase", "MASE"),
        Column("command", "as the command"),
        Column("naive", "seasonal naive"),
        Column("ratio", "ratio"),
        Column("published", "published naive"),
        *(Column(model, f"ratio of {model}") for model in models),
        Column("crps", "CRPS"),
        Column("naive_crps", "naive CRPS"),
        Column("published_crps", "published naive CRPS"),
        Column("held", "80 % held", 2),
    ]
    rows: list[dict[str, Value]] = []
    for task, answers in gift.items():
        ours, naive, key = answers[OURS], answers[_NAIVE], task.published
        published = mase[_PUBLISHED_NAIVE][key]
        rows.append(
            {
                "task": key,
                "same": "yes" if task.is_same else "no",
                "mase": ours.mase,
                "command": answers[_COMMAND].mase,
                "naive": naive.mase,
                "ratio": ours.mase / naive.mase,
                "published": published,
                **{model: mase[model][key] / published for model in models},
                "crps": ours.crps,
                "naive_crps": naive.crps,
                "published_crps": crps[_PUBLISHED_NAIVE][key],
                "held": ours.held,
            }
        )
    return Sheet("by_task", "GIFT-Eval's tasks; lower is better", columns, rows)


def _rest(rest: dict[Task, Answers]) -> list[Sheet]:
    """The other tables, and M3 pooled."""
    if not rest:
        return []
    names = (OURS, _COMMAND, _NAIVE, *_STATISTICAL)
    titles = ("network", "command", "seasonal naive", *_STATISTICAL)
    columns = [Column("task", "table")]
    for figure in ("MASE", "CRPS"):
        columns += [
            Column(f"{figure} {name}", f"{figure} {title}")
            for name, title in zip(names, titles, strict=True)
        ]
    columns.append(Column("held", "80 % held", 2))
    rows: list[dict[str, Value]] = []
    for task, answers in rest.items():
        row: dict[str, Value] = {"task": f"{task.name}, {task.h} steps"}
        for name in names:
            row[f"MASE {name}"], row[f"CRPS {name}"] = answers[name].mase, answers[name].crps
        rows.append({**row, "held": answers[OURS].held})
    held = [answers[OURS].held for answers in rest.values()]
    rows.append({"task": "mean", "held": float(np.mean(held))})
    return [Sheet("others", "Other tables; lower is better", columns, rows), _m3(rest, names)]


def _m3(rest: dict[Task, Answers], names: tuple[str, ...]) -> Sheet:
    """sMAPE over all 3,003 series of M3."""
    series = {"m3_yearly": 645, "m3_quarterly": 756, "m3_monthly": 1_428, "m3_other": 174}
    rows: list[dict[str, Value]] = []
    for name in names:
        found = {task.table: answers[name].smape for task, answers in rest.items()}
        total = sum(found[part] * count for part, count in series.items())
        parts = {part: found[part] for part in series}
        rows.append({"method": name, **parts, "pooled": total / sum(series.values())})
    columns = [Column("method", "method"), *(Column(part, part, 2) for part in series)]
    columns.append(Column("pooled", "pooled", 2))
    title = "M3: sMAPE in percent (Theta 13.01); lower is better"
    return Sheet("m3", title, columns, rows, frozenset({OURS}))


def _beaten(gift: dict[Task, Answers], crps: Figures) -> str:
    """Where the CRPS ratio is not below those of AutoARIMA and DeepAR."""
    lost = []
    for task, answers in gift.items():
        ratio, key = answers[OURS].crps / answers[_NAIVE].crps, task.published
        lost += [
            f"{key} ({model})"
            for model in _BEATEN
            if ratio >= crps[model][key] / crps[_PUBLISHED_NAIVE][key]
        ]
    if not lost:
        return "CRPS (ratio to seasonal naive) is below AutoARIMA's and DeepAR's on every task."
    return f"CRPS (ratio to seasonal naive) is not below those of: {', '.join(lost)}."
