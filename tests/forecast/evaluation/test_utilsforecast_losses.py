"""Tests the losses of utilsforecast on a backtest."""

import numpy as np
import pandas as pd
import pytest
from utilsforecast import losses

from gated import Forecaster
from gated.errors import UsageError
from gated.forecast.evaluation import utilsforecast_losses as ours
from gated.forecast.evaluation.backtest import Backtest


@pytest.fixture(scope="module")
def found() -> Backtest:
    days = pd.date_range("2024-01-01", periods=90)
    rng = np.random.default_rng(0)
    y = 20 + 5 * np.sin(2 * np.pi * np.arange(90) / 7) + rng.normal(size=90)
    return Forecaster().backtest(pd.DataFrame({"ds": days, "y": y}), h=7, n_windows=2)


def test_names_and_functions_give_equal_scores(found: Backtest) -> None:
    by_name = found.evaluate(["mae", "mase"])
    by_function = found.evaluate([losses.mae, losses.mase])
    pd.testing.assert_frame_equal(by_name, by_function)
    assert set(by_name["metric"]) == {"mae", "mase"}
    assert {"gated", "seasonal_naive", "naive", "drift"} <= set(by_name.columns)


def test_losses_equal_the_scores_of_the_backtest(found: Backtest) -> None:
    frame = found.frame
    expected = (frame["y"] - frame["gated"]).abs().mean()
    assert found.evaluate(["mae"])["gated"].mean() == pytest.approx(expected)


def test_intervals_are_scored_if_a_method_has_them(found: Backtest) -> None:
    scores = found.evaluate(["mae", "coverage"])
    held = scores[scores["metric"].str.startswith("coverage")]
    assert held["gated"].between(0, 1).all()
    assert held["naive"].isna().all()


def test_an_unknown_loss_gets_a_suggestion(found: Backtest) -> None:
    with pytest.raises(UsageError, match=r"no loss 'mas'. Did you mean `mase`\?"):
        found.evaluate(["mas"])


def test_a_missing_library_is_an_error(found: Backtest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r'pip install "gated\[evaluation\]"'):
        found.evaluate(["mae"])
