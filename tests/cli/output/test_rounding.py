"""Numbers in CSV: as many decimals as the table's target, whole numbers without a point."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gated.cli.output.encoding import as_csv
from gated.cli.output.rounding import decimals_of, rounded


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([5.0, np.nan, 1e300], 0),
        ([0.5, -3.0], 1),
        ([19.99, 0.1 + 0.2], 2),
        ([1e-9], 9),
        ([1e-10], None),
        ([30.5310001373291], None),
        ([0.5, 1.7e308], 1),
        ([np.inf, np.nan], 0),
        ([], 0),
    ],
)
def test_decimals_of(values, decimals):
    assert decimals_of(np.array(values, dtype=np.float64)) == decimals


@pytest.mark.parametrize(
    ("values", "decimals", "cells"),
    [
        ([6990.0, -0.0, -0.4, np.nan], 0, ["6990", "0", "0", ""]),
        ([1e300, 2.0], 0, ["1e+300", "2.0"]),
        ([12.3456, -0.001, np.nan], 2, ["12.35", "0.0", ""]),
        ([1.7e308], 2, ["1.7e+308"]),
        ([1.6785714285714286, 0.1 + 0.2], None, ["1.67857143", "0.3"]),
        ([1.0, np.nan], None, ["1", ""]),
        ([1.23456789012e-300], None, ["1.23456789e-300"]),
        ([np.nan], 0, [""]),
    ],
)
def test_rounded_cells(values, decimals, cells):
    frame = pd.DataFrame({"key": range(len(values)), "a": values})
    rows = as_csv(frame, {"a": decimals}).decode().splitlines()
    assert rows == ["key,a", *(f"{key},{cell}" for key, cell in enumerate(cells))]


def test_other_columns_and_the_frame_itself_stay_as_they_are():
    frame = pd.DataFrame({"unique_id": [0.1 + 0.2], "gated": [0.1 + 0.2]})
    found = rounded(frame, {"gated": 1})
    assert found.floats("unique_id").tolist() == [0.1 + 0.2]
    assert found.floats("gated").tolist() == [0.3]
    assert frame["gated"].tolist() == [0.1 + 0.2]


@pytest.fixture
def prices(tmp_path):
    """Sixty days of prices with two decimals."""
    cents = [1000 + 37 * day % 101 for day in range(60)]
    days = pd.date_range("2024-01-01", periods=60)
    path = tmp_path / "prices.csv"
    pd.DataFrame({"ds": days, "y": np.array(cents) / 100}).to_csv(path, index=False)
    return path


def decimals_in(cell):
    return len(cell.partition(".")[2])


def test_a_forecast_of_prices_has_cents(gated, prices):
    piped = gated("forecast", prices, "--horizon", 7)
    written = gated("forecast", prices, "--horizon", 7, "--out", "f.csv")
    assert written.exit_code == 0, written.stderr
    assert Path("f.csv").read_text(encoding="utf-8") == piped.stdout
    rows = [row.split(",")[2:] for row in piped.stdout.splitlines()[1:]]
    assert len(rows) == 7
    means = [row.pop(1) for row in rows]
    assert {decimals_in(cell) for row in rows for cell in row} <= {1, 2}
    assert max(decimals_in(cell) for cell in means) == 5  # three more than the prices


def test_a_forecast_of_whole_numbers_is_whole(gated, sales):
    lines = gated("forecast", sales, "--horizon", 7).stdout.splitlines()[1:]
    rows = [line.split(",")[2:] for line in lines]
    means = [row.pop(1) for row in rows]
    assert all(cell.isdigit() for row in rows for cell in row)
    assert not all(cell.isdigit() for cell in means)


def test_json_keeps_all_digits(gated, prices):
    gated("forecast", prices, "--horizon", 7, "--out", "f.json")
    frame = pd.read_json("f.json")
    assert max(decimals_in(repr(value)) for value in frame["gated"]) > 9


def test_a_backtest_rounds_as_the_table_and_its_scores_to_nine_digits(gated, prices):
    options = ("--horizon", 7, "--windows", 1, "--out", "past.csv")
    result = gated("backtest", prices, *options)
    assert result.exit_code == 0, result.stderr
    frame = pd.read_csv("past.csv", dtype=str)
    assert set(frame["y"].map(decimals_in)) <= {1, 2}
    assert set(frame["gated"].map(decimals_in)) <= {1, 2}
    assert frame["drift"].map(decimals_in).max() > 2  # scored without rounding
    cells = [cell for row in result.stdout.splitlines()[1:] for cell in row.split(",")[1:]]
    digits = {len(cell.replace(".", "").lstrip("0")) for cell in cells}
    assert max(digits) == 9
