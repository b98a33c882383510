"""Tests the public attributes: those of the latest forecast, else those of the fit."""

import pandas as pd
import pytest

from gated.errors import NotFittedError
from gated.forecast import Forecaster
from tests.forecast.example_tables import sales

FRAME = sales()[["unique_id", "ds", "y"]]


def test_all_attributes_exist_after_a_forecast_without_fit() -> None:
    model = Forecaster()
    out = model.predict(FRAME, h=9)
    assert not model.is_fitted
    assert model.verdict_.h == model.h_ == 9
    assert model.verdict_.text in str(model.forecast(FRAME, h=9))
    assert model.table_.ids.tolist() == ["shop0", "shop1"]
    assert model.table_.n_rows == len(FRAME)
    assert any("daily (D)" in note for note in model.notes_)
    assert model.rejected_ == {}
    assert sum(share for _, share in model.memory()) == pytest.approx(1)
    explained = model.remembered(top=2)
    assert len(explained) == 2 * (out["gated"] > 0).sum()  # the shops are closed on Sundays
    assert explained["ds"].unique().tolist() == out["ds"][out["gated"] > 0].unique().tolist()


def test_attributes_belong_to_the_latest_forecast() -> None:
    model = Forecaster()
    model.predict(FRAME, h=9)
    model.predict(FRAME.query("unique_id == 'shop1'"), h=4)
    assert model.h_ == model.verdict_.h == 4
    assert model.table_.ids.tolist() == ["shop1"]
    assert model.remembered()["unique_id"].unique().tolist() == ["shop1"]


def test_attributes_belong_to_the_fit_until_the_next_forecast() -> None:
    model = Forecaster(h=7)
    model.predict(FRAME.query("unique_id == 'shop1'"), h=9)
    model.fit(FRAME)
    assert model.h_ == model.verdict_.h == 7
    model.predict(h=4)
    assert model.verdict_.h == 4
    assert (model.h_, len(model.table_.ids)) == (7, 2)  # what was fitted stays
    assert model.remembered()["ds"].nunique() == 3  # the first of the four days is a Sunday, closed
    model.predict()
    assert model.verdict_.h == 7


def test_a_refused_forecast_does_not_change_attributes() -> None:
    model = Forecaster()
    with pytest.raises(ValueError, match="h is 0"):
        model.predict(FRAME, h=0)
    with pytest.raises(NotFittedError):
        _ = model.verdict_
    model.predict(FRAME, h=3)
    with pytest.raises(ValueError, match="h is 0"):
        model.predict(FRAME, h=0)
    assert model.h_ == 3


def test_cross_validation_does_not_change_attributes() -> None:
    model = Forecaster()
    checked = model.cross_validation(FRAME, h=5)
    assert isinstance(checked, pd.DataFrame)
    with pytest.raises(NotFittedError):
        _ = model.verdict_
