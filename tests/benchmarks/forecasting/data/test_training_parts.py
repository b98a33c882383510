"""Training parts contain no step that a benchmark tests."""

import numpy as np
import pandas as pd

from benchmarks.common.folders import Folder
from benchmarks.forecasting.data import training_parts
from benchmarks.forecasting.data.training_parts import TEST_STEPS, write_training_parts
from benchmarks.zero_shot.tasks import GIFT_EVAL, OTHERS


def three_series(length=50):
    ds = pd.date_range("2024-01-01", periods=length)
    parts = [
        pd.DataFrame({"unique_id": f"s{i}", "ds": ds, "y": np.arange(length) + i}) for i in range(3)
    ]
    return pd.concat(parts)


def test_every_table_of_a_zero_shot_task_has_a_test_part():
    tables = {task.table for task in (*GIFT_EVAL, *OTHERS)}
    assert tables - {"births_months"} == set(TEST_STEPS)


def test_tested_steps_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(training_parts, "TABLES", {"days": lambda data: three_series()})
    monkeypatch.setattr(training_parts, "TEST_STEPS", {"days": 12})
    lines = write_training_parts(tmp_path, Folder(tmp_path, "", "", ""))
    assert lines == ["days: 3 series, 114 rows"]
    written = pd.read_parquet(tmp_path / "days.parquet")
    assert written["ds"].max() == pd.Timestamp("2024-01-01") + pd.Timedelta(days=37)


def test_a_large_table_is_thinned_evenly(tmp_path, monkeypatch):
    monkeypatch.setattr(training_parts, "TABLES", {"days": lambda data: three_series()})
    monkeypatch.setattr(training_parts, "TEST_STEPS", {"days": 12})
    monkeypatch.setattr(training_parts, "_MAX_SERIES", 2)
    write_training_parts(tmp_path, Folder(tmp_path, "", "", ""))
    written = pd.read_parquet(tmp_path / "days.parquet")
    assert set(written["unique_id"]) == {"s0", "s2"}


def test_a_table_that_begins_with_the_end_is_cut_by_time(monkeypatch, tmp_path):
    descending = three_series().iloc[::-1]
    monkeypatch.setattr(training_parts, "TABLES", {"days": lambda data: descending})
    monkeypatch.setattr(training_parts, "TEST_STEPS", {"days": 12})
    write_training_parts(tmp_path, Folder(tmp_path, "", "", ""))
    part = pd.read_parquet(tmp_path / "days.parquet")
    for name, rows in descending.groupby("unique_id"):
        kept = part[part["unique_id"] == name]
        assert len(kept) == max(len(rows) - 12, 0)
        assert kept["ds"].isin(rows["ds"].nsmallest(len(kept))).all()
