"""Tests table profiles, and data sets with future steps."""

import numpy as np
import pandas as pd
import pytest

import gated
from gated.forecast.data.closed.covariate import Closing
from gated.forecast.data.dataset import build_dataset
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.table_profile import TableProfile
from gated.table import Table

LAYOUT = PatchLayout(patch=7, leads=1, context=4)


def shop(length: int = 70, **columns) -> Table:
    days = pd.date_range("2024-01-01", periods=length, freq="D")
    is_open = (days.day_of_week != 6).astype(float)
    frame = pd.DataFrame({"ds": days, "y": 10 * is_open, "open": is_open, **columns})
    return gated.read_table(frame, target_col="y", covariates=["open", *columns])


def test_a_covariate_that_marks_closed_steps_is_found() -> None:
    profile = TableProfile.fit(shop())
    assert profile.closing == Closing("open", None, 0.0, 10)
    _, closed = profile.features(np.array([[0.0], [1.0], [np.nan]]), shop().ds[:3])
    assert closed.tolist() == [True, False, False]


def test_a_covariate_that_marks_closed_steps_by_one_is_found() -> None:
    table = shop()
    profile = TableProfile.fit(
        Table(**{**vars(table), "covariates": 1 - table.covariates, "covariate_names": ("shut",)})
    )
    assert profile.closing == Closing("shut", None, 1.0, 10)


def test_promotions_prices_and_rare_zeros_do_not_mark_closed_steps() -> None:
    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=70, freq="D")
    frame = pd.DataFrame({"ds": days, "y": rng.poisson(3, 70) + 1.0})
    frame["promo"] = rng.integers(0, 2, 70)
    frame["price"] = rng.normal(size=70)
    frame["shut"] = 0
    frame.loc[[3, 9], ["y", "shut"]] = [0.0, 1]
    table = gated.read_table(frame, target_col="y", covariates=["promo", "price", "shut"])
    assert TableProfile.fit(table).closing is None


def test_a_flag_in_a_series_of_mostly_zeros_does_not_mark_closed_steps() -> None:
    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=70, freq="D")
    flag = rng.integers(0, 2, 70).astype(float)
    y = np.zeros(70)
    y[np.flatnonzero(flag == 1)[:5]] = 1.0
    frame = pd.DataFrame({"ds": days, "y": y, "flag": flag})
    table = gated.read_table(frame, target_col="y", covariates=["flag"])
    assert TableProfile.fit(table).closing is None


def test_closed_days_are_masked_and_future_steps_are_appended() -> None:
    table = shop()
    profile = TableProfile.fit(table)
    future = np.ones((1, 7, 1))
    future[0, 6] = 0.0
    data = build_dataset(table, profile, LAYOUT, future)
    assert data.offsets.tolist() == [0, 77]
    assert data.history.tolist() == [70]
    assert np.isnan(data.values[6])  # the first Sunday
    assert np.isnan(data.values[70:]).all()
    assert data.closed[70:].tolist() == [False] * 6 + [True]
    assert data.scale.center[0] == 10.0  # the zeros of closed days do not change it


@pytest.mark.parametrize(
    ("length", "used"),
    [(70, set()), (2100, {"day_of_week", "day_of_month", "day_of_year"}), (1000, set())],
)
def test_calendar_features_need_enough_data(length: int, used) -> None:
    names = TableProfile.fit(shop(length)).calendar_names
    assert {name.rsplit("_", 1)[0] for name in names} == used


def test_unknown_covariates_become_their_mean() -> None:
    profile = TableProfile.fit(shop(price=np.r_[np.nan, np.arange(69.0)]))
    scaled = profile.known.standardise(np.array([[1.0, np.nan], [1.0, 34.0]]))
    assert scaled[0, 1] == 0
    assert scaled[1, 1] == 0
    assert np.isfinite(scaled).all()


def test_a_profile_is_restored_from_json() -> None:
    profile = TableProfile.fit(shop())
    assert TableProfile.from_json(profile.to_json()) == profile
