"""The zero-shot benchmark: GIFT-Eval's definitions, met where the data are theirs."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.common.folders import Folder
from benchmarks.forecasting.data.training_parts import TESTED, write
from benchmarks.zero_shot import tasks
from benchmarks.zero_shot.forecasts import command, network, statistical
from benchmarks.zero_shot.gift_eval_scores import DECILES, Window, score, seasonal_naive, windows_of
from benchmarks.zero_shot.run import OURS, run
from benchmarks.zero_shot.tasks import GIFT_EVAL, OTHERS, Task
from gated import read_table


def days(count: int = 2, length: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    ds = pd.date_range("2024-01-01", periods=length)
    week = np.tile([5.0, 6, 7, 8, 9, 2, 1], length)[:length]
    parts = [
        pd.DataFrame({"unique_id": f"s{i}", "ds": ds, "y": week * (i + 1) + rng.random(length)})
        for i in range(count)
    ]
    return pd.concat(parts)


@pytest.mark.parametrize("task", [task for task in GIFT_EVAL if task.is_same], ids=lambda t: t.name)
def test_the_published_seasonal_naive_rows_are_met(
    task: Task, data: Folder, anchors: Folder
) -> None:
    if not data.path.is_dir() or not anchors.path.is_dir():
        pytest.skip(f"{data.path} or {anchors.path} is absent: no published rows to meet")
    table = task.read(data)
    windows = [
        window
        for window in windows_of(table, task.h, task.cutoffs(table.lengths))
        if np.isfinite(window.y).any() and np.isfinite(window.past).any()
    ]
    deciles = np.stack([seasonal_naive(window, task.season) for window in windows])
    found = score(windows, deciles, task.season)
    for figure, ours in (("mase", found.mase), ("crps", found.crps)):
        published = pd.read_csv(anchors.file(f"gift_eval_{figure}.csv")).set_index("task")
        theirs = float(published.loc[task.published, "seasonal_naive"])
        assert ours == pytest.approx(theirs, rel=2e-3, abs=5e-4), figure


def test_windows_are_the_last_ones_and_do_not_overlap() -> None:
    table = read_table(days(1, 100))
    found = list(windows_of(table, 10, 3))
    assert [window.cutoff for window in found] == [70, 80, 90]
    assert np.array_equal(np.concatenate([w.y for w in found]), table.y[70:])
    assert all(len(window.past) == window.cutoff for window in found)


def test_the_number_of_windows_follows_the_rule() -> None:
    task = Task("births", 30, 7)
    assert task.cutoffs(np.array([7_000, 100])) == 1
    assert task.cutoffs(np.array([1_000])) == 4
    assert task.cutoffs(np.array([100_000])) == 20
    assert Task("m4_hourly", 48, 24, windows=1).cutoffs(np.array([10_000])) == 1


def test_scores_by_their_definitions() -> None:
    past = np.array([1.0, 2.0, 4.0, np.nan, 3.0])
    window = Window(0, 5, past, np.array([2.0, np.nan, 6.0]))
    deciles = np.stack([np.linspace(1, 5, 9)] * 3)
    found = score([window], deciles[None], 1)
    assert found.mase == pytest.approx((1 + 3) / 2 / 1.5)
    loss = [
        2 * max(q * (y - f), (q - 1) * (y - f))
        for y in (2.0, 6.0)
        for q, f in zip(DECILES, deciles[0], strict=True)
    ]
    assert found.crps == pytest.approx(sum(loss) / 9 / 8)
    assert found.smape == pytest.approx((200 / 5 + 600 / 9) / 2)
    assert found.held == 0.5


def test_a_perfect_forecast_has_no_error() -> None:
    window = Window(0, 4, np.array([1.0, 3.0, 1.0, 3.0]), np.array([1.0, 3.0]))
    perfect = np.repeat(window.y[:, None], 9, axis=1)
    found = score([window], perfect[None], 1)
    assert (found.mase, found.crps, found.smape, found.held) == (0, 0, 0, 1)


def test_the_network_alone_knows_nothing_of_what_comes() -> None:
    frame = days()
    changed = frame.copy()
    late = changed["ds"] >= changed["ds"].max() - pd.Timedelta(days=13)
    changed.loc[late, "y"] = 1e6
    first, second = (network(read_table(f), 7, 2) for f in (frame, changed))
    assert first.shape == (4, 7, 9)
    np.testing.assert_array_equal(first[::2], second[::2])
    assert (np.diff(first, axis=-1) >= 0).all()
    assert (first >= 0).all()


def test_the_command_answers_in_the_order_of_the_windows() -> None:
    table = read_table(days())
    found = command(table, 7, 2)
    assert found.shape == (4, 7, 9)
    scored = score(list(windows_of(table, 7, 2)), found, 7)
    assert scored.mase < 2


def test_every_table_has_a_test_part_and_a_task() -> None:
    asked = {task.table for task in (*GIFT_EVAL, *OTHERS)}
    assert asked - {"births_months"} == set(TESTED)


def test_training_parts_leave_the_tested_steps_out(tmp_path, monkeypatch) -> None:
    from benchmarks.forecasting.data import training_parts

    monkeypatch.setattr(training_parts, "TABLES", {"days": lambda data: days(3, 50)})
    monkeypatch.setattr(training_parts, "TESTED", {"days": 12})
    lines = write(tmp_path, Folder(tmp_path, "", "", ""))
    assert lines == ["days: 3 series, 114 rows"]
    kept = pd.read_parquet(tmp_path / "days.parquet")
    assert kept["ds"].max() == pd.Timestamp("2024-01-01") + pd.Timedelta(days=37)


def test_the_report_ranks_us_among_published_rows(monkeypatch, tmp_path) -> None:
    few = (Task("days", 7, 7, "a/d/short", windows=2), Task("days", 7, 1, "b/d/short", windows=1))
    from benchmarks.zero_shot import run as running

    monkeypatch.setattr(running, "GIFT_EVAL", few)
    monkeypatch.setattr(tasks, "TABLES", {"days": lambda data: days()})
    rows = "task,seasonal_naive,auto_arima,deepar,chronos_bolt_base,TiRex,TiRex-2-Zeroshot\n"
    rows += "a/d/short,1,0.9,0.8,0.7,0.6,0.5\nb/d/short,2,1.8,0.00001,1.4,1.2,1.0\n"
    for figure in ("mase", "crps"):
        (tmp_path / f"gift_eval_{figure}.csv").write_text(rows)
    anchors = Folder(tmp_path, "published figures", "", "")
    report = run(anchors, anchors, 1, others=False)
    overall, by_task = report.sheets
    ranked = {str(row["method"]): row["mase"] for row in overall.rows}
    assert ranked["TiRex"] == pytest.approx(0.6)
    assert OURS in ranked
    assert list(ranked.values()) == sorted(ranked.values())
    assert [row["task"] for row in by_task.rows] == ["a/d/short", "b/d/short"]
    assert any("b/d/short (deepar)" in note for note in report.notes)


def test_statistical_models_answer_in_deciles() -> None:
    windows = list(windows_of(read_table(days()), 7, 2))
    found = statistical(("AutoTheta",), windows, 7, 1)["AutoTheta"]
    assert found.shape == (4, 7, 9)
    assert (np.diff(found, axis=-1) >= 0).all()
    assert score(windows, found, 7).mase < 2
