"""The command `forecast` on a small synthetic table. No figure is asserted."""

import json

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def table(tmp_path):
    """Two shops by day, closed on one day of the week."""
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


def test_scores_ratios_and_costs_of_every_seed_are_reported(call, table):
    code, output, progress = call(
        *("forecast", "--data", table, "--horizon", "7", "--seeds", "0,1", "--threads", "1"),
        *("--covariate", "open", "--target-col", "sold", "--max-steps", "2", "--json"),
    )
    assert code == 0
    assert "seed 1: fitting" in progress
    report = json.loads(output)
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


def test_a_validation_cut_is_named_in_the_terminal(call, table):
    code, output, _ = call(
        *("forecast", "--data", table, "--horizon", "7", "--validation", "--threads", "1"),
        *("--target-col", "sold", "--max-steps", "1"),
    )
    assert code == 0
    assert "cut validation" in output
    assert "Validation cut" in output
    assert "seasonal_naive" in output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--data", "nowhere.csv"], "neither a data set nor a file"),
        (["--data", "shop", "--seeds", "one"], "Expected whole numbers"),
        (["--data", "shop", "--seeds", "1,1"], "each number once"),
        (["--data", "m3", "--data-dir", "nowhere"], "--data-dir"),
    ],
)
def test_a_fault_of_the_user_is_one_message_and_code_2(call, arguments, expected):
    code, output, errors = call("forecast", *arguments)
    assert (code, output) == (2, "")
    assert expected in errors
    assert "Traceback" not in errors
