"""The terminal of the benchmarks, on tiny synthetic data. No figure is asserted."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.speed import large_table, startup
from benchmarks.speed.startup import Start
from gated.errors import GatedError


@pytest.fixture
def table(tmp_path):
    """Two shops by day, with a weekday that is shut."""
    days = pd.date_range("2024-01-01", periods=84, freq="D")
    is_open = (days.day_of_week < 6).astype(int)
    random = np.random.default_rng(0)
    shops = [
        pd.DataFrame(
            {
                "shop": name,
                "day": days,
                "sold": is_open * (level + random.normal(0, 2, len(days))).round(1),
                "open": is_open,
            }
        )
        for name, level in (("north", 40), ("south", 60))
    ]
    path = tmp_path / "shops.csv"
    pd.concat(shops).to_csv(path, index=False)
    return str(path)


def test_help_lists_the_benchmarks(call):
    code, said, _ = call("--help")
    assert code == 0
    names = "forecast backtest predict_many large_table startup recurrences roofline peers"
    for name in names.split():
        assert name in said


def test_every_command_that_the_documentation_names_is_there(call):
    """A row of the README without a command cannot be seen again."""
    root = Path(__file__).parents[2]
    pages = [*root.glob("*.md"), *root.glob("docs/**/*.md")]
    named = {
        name
        for page in pages
        for name in re.findall(r"python -m benchmarks ([a-z]\S*?)[`\s]", page.read_text("utf-8"))
    }
    assert {"forecast", "zero_shot", "training_parts"} <= named
    for name in named:
        assert call(name, "--help")[0] == 0, name


def test_forecast_reports_scores_ratios_and_costs_of_every_seed(call, table):
    code, said, progress = call(
        *("forecast", "--data", table, "--horizon", "7", "--seeds", "0,1", "--threads", "1"),
        *("--covariate", "open", "--target-col", "sold", "--max-steps", "2", "--json"),
    )
    assert code == 0
    assert "seed 1: fitting" in progress
    report = json.loads(said)
    assert report["cut"] == "test"
    assert report["shortened"] is True
    assert report["machine"]["threads"] == 1
    rows = {row["method"]: row for row in report["scores"]}
    ours = rows["gated (SHORTENED: 2 steps)"]
    for score in ("smape", "mase", "wape", "crps", "msis", "coverage_80", "coverage_95"):
        assert ours[score]["low"] <= ours[score]["median"] <= ours[score]["high"]
    assert "owa" not in ours
    assert {"seasonal_naive", "seasonal_mean", "theta"} <= set(rows)
    against = report["ratios"][0]
    assert against["against"] == "seasonal_naive"
    expected = ours["wape"]["low"] / rows["seasonal_naive"]["wape"]
    assert against["wape"]["low"] == pytest.approx(expected)
    [cost] = report["costs"]
    assert (cost["series"], cost["steps"]) == (2, 2 * 77)
    assert cost["peak"]["low"] > 0
    assert any("SHORTENED" in note for note in report["notes"])


def test_forecast_for_validation_says_so_in_the_terminal(call, table):
    code, said, _ = call(
        *("forecast", "--data", table, "--horizon", "7", "--validation", "--threads", "1"),
        *("--target-col", "sold", "--max-steps", "1"),
    )
    assert code == 0
    assert "cut validation" in said
    assert "Validation cut" in said
    assert "seasonal_naive" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--data", "nowhere.csv"], "neither a data set nor a file"),
        (["--data", "shop", "--seeds", "one"], "Expected whole numbers"),
        (["--data", "shop", "--seeds", "1,1"], "each number once"),
        (["--data", "m3", "--data-dir", "nowhere"], "--data-dir"),
    ],
)
def test_a_fault_of_the_call_is_one_sentence_and_code_2(call, words, expected):
    code, said, errors = call("forecast", *words)
    assert (code, said) == (2, "")
    assert expected in errors
    assert "Traceback" not in errors


def test_predict_many_reports_stages_and_rates(call):
    code, said, _ = call(
        *("predict_many", "--series", "3", "--length", "60", "--horizon", "7"),
        *("--threads", "1", "--max-steps", "1", "--json"),
    )
    assert code == 0
    report = json.loads(said)
    assert [stage["stage"][:4] for stage in report["stages"]] == ["load", "read", "pred"]
    assert all(stage["peak"] > 0 for stage in report["stages"])
    assert len(report["rates"]) == 2


def test_large_table_reports_each_use_and_its_memory():
    request = large_table.Request(120, 2, "csv", horizon=7, threads=1, steps=(1, 2))
    report = json.loads(large_table.run(request).to_json())
    uses = [stage["stage"].split()[0] for stage in report["stages"]]
    assert uses == ["import", "read", "gated", "learn", "learn"]
    assert all(stage["peak"] > 0 for stage in report["stages"])
    assert report["memory"][0]["mb"] == pytest.approx(120 * 16 / 1e6, rel=0.1)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--format", "xlsx"), "--format is xlsx. Expected one of parquet, csv."),
        (("--rows", "10", "--series", "9"), "--rows 10 is too few for --series 9."),
    ],
)
def test_a_large_table_that_cannot_be(call, words, expected):
    code, _, errors = call("large_table", *words)
    assert (code, expected in errors) == (2, True)


def test_startup_reports_every_start_and_the_ratios():
    statements = {"import gated": "import gated", "import torch": "import math"}  # quick stand-in
    starts = {name: Start.of_import(statement) for name, statement in statements.items()}
    report = json.loads(startup.run(2, starts).to_json())
    assert [row["what"] for row in report["starts"]] == list(starts)
    assert [row["what"] for row in report["ratios"]] == ["import gated ÷ import torch"]
    assert all(row["seconds"]["low"] >= 0 for row in report["starts"])


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ((sys.executable, "-c", "raise SystemExit('sorry')"), "sorry"),
        (("no-such-command-here",), "no such command"),
    ],
)
def test_a_start_that_fails_is_an_error_that_shows_why(command, expected):
    with pytest.raises(GatedError, match=expected):
        Start(command).seconds()


def test_backtest_compares_with_and_without_covariates(call):
    words = ("backtest", "--data", "shop", "--windows", "2", "--max-steps", "3", "--json")
    code, said, error = call(*words)
    assert code == 0, error
    report = json.loads(said)
    assert report["covariates"] == "open"
    assert report["shortened"] is True
    ratio, *_ = report["ratios"]
    with_, without = (
        next(row for row in report["accuracy"] if row["run"] == name)["mase"]
        for name in ("with", "without")
    )
    assert ratio["ratio"] == pytest.approx(with_ / without)
    costs = report["costs"][0]
    beyond = (costs["total"] - costs["fit"] - costs["predict"]) / (costs["fit"] + costs["predict"])
    assert costs["beyond"] == pytest.approx(beyond)
    code, _, error = call("backtest", "--data", "nope")
    assert code == 2
    assert "expected one of bike, vic, shop" in error
