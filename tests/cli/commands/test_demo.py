"""`gated demo`: the shop's hidden weeks, forecast and compared."""

from functools import partial

import numpy as np
import pytest

from gated import Forecaster
from gated.cli.commands import demo


@pytest.fixture(autouse=True)
def _hardly_trained(monkeypatch):
    monkeypatch.setattr(demo, "Forecaster", partial(Forecaster, max_steps=3))


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
    assert " 28 %" in report  # seasonal naive with the closed days known: WAPE 0.282
    assert " 50 %" in report  # the weekday's mean: 0.500
    assert "of 24 open days came within the 80 % interval." in report
    for word in ("Decided", "Kept", "Took"):
        assert f"\n{word} " in report
    assert report.endswith("Next     gated forecast your.csv --horizon 28\n")


def test_the_last_days_are_hidden_and_forecast():
    trial = demo._try(None)
    assert str(trial.past.ds[-1])[:10] == "2011-11-11"
    assert trial.actual[-1] == 198114.26
    assert trial.frame["ds"].iloc[0].isoformat() == "2011-11-12T00:00:00"
    assert trial.open.sum() == 24
    assert np.all(trial.frame["gated"].to_numpy()[~trial.open] == 0)
