"""The command `backtest` on the embedded shop, with few training steps."""

import json

import pytest


def test_runs_with_and_without_covariates_are_compared(call):
    arguments = ("backtest", "--data", "shop", "--windows", "2", "--max-steps", "3", "--json")
    code, output, errors = call(*arguments)
    assert code == 0, errors
    report = json.loads(output)
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


def test_an_unknown_data_set_lists_the_known_ones(call):
    code, output, errors = call("backtest", "--data", "nope")
    assert (code, output) == (2, "")
    assert "Expected one of bike, vic, shop" in errors
