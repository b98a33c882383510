"""Tests warnings: one per cause, at the line of the call, and in the log."""

import logging
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gated
from gated.errors import GatedWarning
from gated.forecast import Forecaster
from tests.forecast.example_tables import future, sales

DAYS = pd.date_range("2024-01-01", periods=60)


def several_steps() -> pd.DataFrame:
    """A daily series, a weekly one, and one without observed values."""
    weeks = pd.date_range("2022-01-02", periods=60, freq="W")
    parts = {"day": (DAYS, range(60)), "week": (weeks, range(60)), "empty": (DAYS, [np.nan] * 60)}
    frames = [pd.DataFrame({"unique_id": name, "ds": t, "y": y}) for name, (t, y) in parts.items()]
    return pd.concat(frames, ignore_index=True)


def ends(h: int, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"ds": pd.date_range("2024-03-01", periods=h), **columns})


CALLS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "predict": lambda frame: Forecaster().predict(frame, h=2),
    "fit": lambda frame: Forecaster().fit(frame),
    "explain": lambda frame: Forecaster().explain(frame, h=2),
    "cross_validation": lambda frame: Forecaster().cross_validation(frame, h=2),
    "backtest": lambda frame: Forecaster().backtest(frame, h=2),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_series_left_out_give_one_warning(call, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.warns(GatedWarning) as said:
        call(several_steps())
    [warning] = said
    message = str(warning.message)
    assert message == (
        "2 series left out: `empty`: the target is missing in every row. Also left out: `week`."
    )
    assert warning.filename == __file__
    assert [(log.name, log.levelname, log.message) for log in caplog.records] == [
        ("gated", "WARNING", message)
    ]


def test_another_table_of_a_fitted_forecaster_gives_a_warning_too() -> None:
    model = Forecaster().fit(several_steps().query("unique_id == 'day'"))
    with pytest.warns(GatedWarning, match="^1 series left out: `empty`: the target") as said:
        model.predict(several_steps().query("unique_id != 'week'"), h=2)
    assert [warning.filename for warning in said] == [__file__]
    assert list(model.rejected_) == ["empty"]


def test_the_reasons_are_available_after_predict() -> None:
    model = Forecaster()
    with pytest.warns(GatedWarning, match="2 series left out"):
        out = model.predict(several_steps(), h=2)
    assert out["unique_id"].tolist() == ["day"] * 2
    assert list(model.rejected_) == ["empty", "week"]
    assert "missing in every row" in model.rejected_["empty"]


@pytest.mark.parametrize("call", ["fit", "cross_validation", "backtest"])
def test_unused_columns_give_one_warning(call: str, caplog: pytest.LogCaptureFixture) -> None:
    frame = sales(1)[["unique_id", "ds", "y", "promo"]]
    region = pd.DataFrame({"unique_id": ["shop0"], "region": ["north"], "size": [1.0]})
    with pytest.warns(GatedWarning) as said:
        getattr(Forecaster(h=7), call)(frame, covariates=["promo"], static_df=region)
    [warning] = said
    assert str(warning.message) == (
        "not used: `region`, `size`. Without training, static features only serve series without a "
        'past; training="auto" trains a network that uses them for all.'
    )
    assert warning.filename == __file__
    assert [log.message for log in caplog.records] == [str(warning.message)]


def test_uninformative_holidays_have_one_name() -> None:
    days = pd.date_range("2022-01-01", periods=800)
    frame = pd.DataFrame({"ds": days, "y": 10.0 + days.day_of_week})
    model = Forecaster(h=7, holidays="GB")
    model.predict(frame)
    assert "left out: `holidays of GB` did not explain y in the past." in model.notes_
    assert sum("holidays of GB" in note for note in model.notes_) == 1
    assert not any("public holiday" in note for note in model.notes_)


def test_problems_of_the_future_table_give_a_warning_at_the_call(with_covariates) -> None:
    ahead = future()
    ahead.loc[3, "promo"] = np.nan
    with pytest.warns(GatedWarning, match="1 future value of `promo` missing") as said:
        with_covariates.predict(X_df=ahead)
    assert [warning.filename for warning in said] == [__file__]


def test_without_problems_there_is_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Forecaster().fit(sales()[["unique_id", "ds", "y"]]).predict(h=2)
    assert caplog.records == []


def test_without_logging_there_is_only_the_warning() -> None:
    assert gated.Forecaster is Forecaster
    handlers = logging.getLogger("gated").handlers
    assert any(isinstance(handler, logging.NullHandler) for handler in handlers)
