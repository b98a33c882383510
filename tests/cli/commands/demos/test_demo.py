"""`gated demo`: the forecast of a shop's held-out weeks, compared with baselines."""

import numpy as np
import pandas as pd
import pytest

from gated import datasets
from gated.cli.commands.demos import shop as demo
from gated.train import Loop


@pytest.fixture
def report(gated, tmp_path):
    """The demo's report."""
    result = gated("demo")
    assert result.exit_code == 0, (result.stderr, result.exception)
    assert result.stderr == ""
    assert list(tmp_path.iterdir()) == []
    return result.stdout


def test_report(report):
    assert "2011-11-11" in report  # the cutoff
    assert "• actual" in report
    assert "same day of the last week" in report
    assert " 28 %" in report  # seasonal naive with the closed days masked: WAPE 0.282
    assert " 50 %" in report  # the weekday's mean: 0.500
    assert "of 24 open days are inside the 80 % interval." in report
    for word in ("Method", "Memory", "Time"):
        assert f"\n{word} " in report
    next_steps = report[report.index("\nNext ") :]
    assert next_steps.startswith(
        "\nNext     gated forecast your.csv --horizon 28\nColumns  Columns such as prices"
    )
    assert next_steps.endswith(
        "\n         gated forecast your.csv --horizon 28 --covariate price\n"
    )


def test_nothing_is_trained(gated, monkeypatch):
    monkeypatch.setattr(Loop, "run", lambda *_: pytest.fail("trained"))
    assert gated("demo").exit_code == 0


def test_the_last_days_are_held_out_and_forecast():
    trial = demo._forecast_held_out_days()
    assert str(trial.past.ds[-1])[:10] == "2011-11-11"
    assert trial.actual[-1] == 198114.26
    assert len(trial.columns["gated"]) == 28
    assert trial.open.sum() == 24
    assert np.all(trial.columns["gated"][~trial.open] == 0)


def test_the_table_is_written_for_the_other_commands(gated, tmp_path):
    result = gated("demo", "--table", "shop.csv")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "shop.csv: 739 days of a shop's revenue." in result.stderr
    assert "gated forecast shop.csv --horizon 28" in result.stderr
    written = pd.read_csv(tmp_path / "shop.csv", parse_dates=["ds"])
    pd.testing.assert_frame_equal(written, datasets.shop())
    ahead = gated("forecast", "shop.csv", "--horizon", 3, "--quiet")
    assert ahead.stdout.count("\nrevenue,2011-12-1") == 3


@pytest.mark.parametrize("name", ["shop.json", "shop.xlsx", "shop"])
def test_a_table_is_written_only_where_the_other_commands_can_read_it(gated, tmp_path, name):
    result = gated("demo", "--table", name)
    assert result.exit_code == 2
    assert "Expected one of .csv, .parquet." in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_table_needs_a_folder(gated):
    result = gated("demo", "--table", "nowhere/shop.csv")
    assert result.exit_code == 2
    assert "there is no folder nowhere" in result.stderr
