"""The report of the zero-shot benchmark, on two small tasks."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.common.folders import Folder
from benchmarks.zero_shot import run as zero_shot_benchmark
from benchmarks.zero_shot import tasks
from benchmarks.zero_shot.run import OURS
from benchmarks.zero_shot.tasks import Task
from tests.benchmarks.zero_shot.example_tables import daily_series


def test_gated_is_ranked_among_published_models(monkeypatch, tmp_path):
    few = (Task("days", 7, 7, "a/d/short", windows=2), Task("days", 7, 1, "b/d/short", windows=1))
    monkeypatch.setattr(zero_shot_benchmark, "GIFT_EVAL", few)
    monkeypatch.setattr(tasks, "TABLES", {"days": lambda data: daily_series()})
    rows = "task,seasonal_naive,auto_arima,deepar,chronos_bolt_base,TiRex,TiRex-2-Zeroshot\n"
    rows += "a/d/short,1,0.9,0.8,0.7,0.6,0.5\nb/d/short,2,1.8,0.00001,1.4,1.2,1.0\n"
    for score in ("mase", "crps"):
        (tmp_path / f"gift_eval_{score}.csv").write_text(rows)
    anchors = Folder(tmp_path, "published figures", "", "")
    progress = []
    report = zero_shot_benchmark.run(
        anchors, anchors, 1, others=False, show_progress=progress.append
    )
    overall, by_task = report.sheets
    ranked = {str(row["method"]): row["mase"] for row in overall.rows}
    assert ranked["TiRex"] == pytest.approx(0.6)
    assert OURS in ranked
    msis = {str(row["method"]): row.get("msis") for row in overall.rows}
    ratios = [row["msis"] / row["naive_msis"] for row in by_task.rows]
    assert msis[OURS] == pytest.approx(np.sqrt(np.prod(ratios)))
    assert msis["TiRex"] is None
    assert list(ranked.values()) == sorted(ranked.values())
    assert [row["task"] for row in by_task.rows] == ["a/d/short", "b/d/short"]
    assert any("b/d/short (deepar)" in note for note in report.notes)
    assert [line.partition(":")[0] for line in progress] == ["a/d/short", "b/d/short"]


def test_other_tables_have_the_msis_of_every_method(monkeypatch):
    monkeypatch.setattr(tasks, "TABLES", {"days": lambda data: daily_series()})
    task = Task("days", 7, 7, windows=2)
    folder = Folder(Path(), "data", "", "")
    scores = zero_shot_benchmark._score_task(task, folder, ("AutoTheta", "AutoETS"), 1, print)
    monkeypatch.setattr(zero_shot_benchmark, "_M3_SERIES", {"days": 4})
    others = zero_shot_benchmark._other_sheets({task: scores})[0]
    row = others.rows[0]
    names = [column.key for column in others.columns if column.key.startswith("MSIS")]
    assert names == [
        f"MSIS {OURS}",
        "MSIS gated, as the command forecasts",
        "MSIS seasonal naive",
        "MSIS AutoETS",
        "MSIS AutoTheta",
    ]
    assert all(row[name] > 0 for name in names)
