"""Tests the means of intermittent and of other series."""

import numpy as np
import pandas as pd
import pytest

from gated.forecast import Forecaster
from gated.forecast.validation.mean_correction import ratio_factor


def table(values: np.ndarray) -> pd.DataFrame:
    days = pd.date_range("2023-01-01", periods=len(values), freq="D")
    return pd.DataFrame({"ds": days, "y": values})


def test_the_mean_of_a_normal_series_is_near_its_median() -> None:
    values = 100 + np.random.default_rng(0).normal(0, 5, 300)
    made = Forecaster().forecast(table(values), h=14)
    np.testing.assert_allclose(made.columns["gated-mean"], made.columns["gated"], rtol=0.02)
    assert made.point.name == "median"
    assert "half of the values" in made.point.text


def test_the_mean_of_a_skewed_series_is_above_its_median() -> None:
    values = np.random.default_rng(0).lognormal(3, 1, 600)
    made = Forecaster().forecast(table(values), h=28)
    assert made.columns["gated-mean"].mean() == pytest.approx(values.mean(), rel=0.3)
    assert (made.columns["gated-mean"] > 1.1 * made.columns["gated"]).all()


def test_temperatures_have_a_median_line() -> None:
    values = np.random.default_rng(0).normal(0, 5, 300)
    made = Forecaster().forecast(table(values), h=14)
    assert made.point.name == "median"
    assert made.fitted.mean.factor == 1


def test_few_sales_have_the_mean_of_the_past() -> None:
    rng = np.random.default_rng(0)
    sold = np.where(rng.random(400) < 0.1, rng.integers(1, 9, 400), 0)
    made = Forecaster().forecast(table(sold), h=28)
    assert (made.columns["gated"] == 0).all()
    assert made.columns["gated-mean"].mean() == pytest.approx(sold.mean(), rel=0.3)
    assert made.columns["gated-mean"].max() < 1  # not a whole number


def test_a_ratio_that_may_be_chance_changes_little() -> None:
    assert ratio_factor(80, 100, chance=0.0) == pytest.approx(0.8)
    assert 0.95 < ratio_factor(80, 100, chance=0.3) < 1
    assert ratio_factor(80, 100, chance=np.inf) == 1
    assert ratio_factor(0, 100, chance=0.1) == 1
    assert ratio_factor(80, 0, chance=0.1) == 1
