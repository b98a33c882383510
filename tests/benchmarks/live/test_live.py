"""The benchmark of live states, with few and short series."""

import json

import numpy as np
import pandas as pd
import pytest

from benchmarks.common.folders import data_folder
from benchmarks.live import coverage, equality
from benchmarks.live.answers import commands, forecasts, sizes
from benchmarks.live.speed import many_values, one_value, states


def test_speed_has_a_row_for_each_part():
    rows = one_value(600, 3)
    assert [row["what"].partition(",")[0] for row in rows[:3]] == ["update", "forecast", "both"]
    assert all(0 < row["low"] <= row["middle"] for row in rows)
    assert all(row["rate"] > 0 for row in many_values(5, 3))


def test_states_are_small_and_give_the_forecast_of_the_whole_past():
    rows = states(500)
    assert [row["difference"] for row in rows] == [0.0, 0.0]
    assert rows[1]["bytes"] < rows[0]["bytes"] < 65_536


def test_each_kind_of_shift_changes_the_series_after_it_only():
    shift = coverage._PAST + coverage._BEFORE
    plain = coverage.drawn("none", 0)
    for kind in coverage.KINDS[1:]:
        shifted = coverage.drawn(kind, 0)
        assert (shifted[:shift] == plain[:shift]).all()
        assert (shifted[shift:] != plain[shift:]).any()


def test_coverage_of_both_settings(monkeypatch):
    monkeypatch.setattr(coverage, "_PAST", 100)
    monkeypatch.setattr(coverage, "_BEFORE", 40)
    monkeypatch.setattr(coverage, "_AFTER", 10)
    rows, flagged = coverage.measure(1)
    assert [row["what"] for row in rows[:2]] == ["none, fixed", "level, fixed"]
    assert len(rows) == 2 * len(coverage.KINDS)
    assert all(0 <= row["after"] <= 100 for row in rows)
    assert [row["what"] for row in flagged] == ["fixed", "adaptive"]


def test_the_inside_of_a_step_counts_the_forecast_made_so_many_steps_before():
    made = np.zeros((3, 1, coverage.H, 11))
    made[0, 0, 2] = np.linspace(-5, 5, 11)
    inside = coverage._inside(made, np.array([[9.0, 9.0, 4.0]]))
    assert inside[2, 0, 2] == 1
    assert np.isnan(inside[1, 0, 2])


@pytest.mark.parametrize("part", ["speed"])
def test_the_terminal(call, part):
    code, output, _ = call(
        "live", "--part", part, "--length", "500", "--many", "3", "--repeats", "3", "--json"
    )
    assert code == 0
    assert {"one_value", "many_values", "states"} <= set(json.loads(output))
    code, _, errors = call("live", "--part", "all")
    assert code == 2
    assert "--part is all. Expected answers, speed, coverage or equality." in errors


def test_commands_and_warm_forecasts_are_timed():
    rows = commands(1)
    assert [row["what"].split(",")[0] for row in rows][1:3] == ["gated --version", "gated --help"]
    assert all(0 < row["low"] <= row["middle"] for row in rows)
    found = forecasts(3, 1)
    assert [row["what"] for row in found][1] == "3 series, network"
    assert all(row["ms"] > 0 and row["rate"] > 0 for row in found)


def test_the_size_is_that_of_all_required_packages():
    total, *largest, torch = sizes()
    assert total["mb"] >= sum(row["mb"] for row in largest) > 100
    assert torch["mb"] > total["mb"]
    assert "torch" not in [row["what"] for row in largest]


def test_numpy_and_torch_forecast_the_same(tmp_path):
    days = pd.date_range("2020-01-01", periods=60, freq="MS")
    passengers = 100 + 5 * np.arange(60) + 20 * np.sin(np.arange(60) * np.pi / 6)
    folder = tmp_path / "forecast" / "classics"
    folder.mkdir(parents=True)
    pd.DataFrame({"ds": days, "y": passengers}).to_csv(folder / "AirPassengers.csv", index=False)
    (task,) = (task for task in equality.TASKS if task.table == "airpassengers")
    (row,) = equality.measure(data_folder(tmp_path), [task])
    assert (row["h"], row["windows"]) == (24, 1)
    assert 0 < row["spread"] < 10  # millionths
    assert 0 < row["size"] < row["spread"]
    assert max(row["numpy"], row["torch"]) < 10


def test_equality_needs_the_data_sets(call, tmp_path):
    code, output, errors = call("live", "--part", "equality", "--data-dir", str(tmp_path))
    assert (code, output) == (2, "")
    assert "m4_hourly.csv.gz is not in" in errors
