"""Tests `Forecaster`, as users call it."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone

import gated
from gated.errors import DataError, NotFittedError, UsageError
from gated.forecast import Forecaster
from tests.forecast.example_tables import DAYS, QUICK, future, sales


def test_the_forecast_has_the_expected_columns(fitted: Forecaster) -> None:
    out = fitted.predict(h=5, level=[80, 95], quantiles=[0.9])
    assert out.columns.tolist() == [
        "unique_id",
        "ds",
        "gated",
        "gated-mean",
        "gated-lo-80",
        "gated-hi-80",
        "gated-lo-95",
        "gated-hi-95",
        "gated-q-90",
    ]
    assert out["unique_id"].tolist() == ["shop0"] * 5 + ["shop1"] * 5
    assert out["ds"].iloc[0] == DAYS[-1] + pd.Timedelta(days=1)
    lo95, lo80, mid = (out[c].to_numpy() for c in ("gated-lo-95", "gated-lo-80", "gated"))
    hi80, hi95 = (out[c].to_numpy() for c in ("gated-hi-80", "gated-hi-95"))
    assert ((lo95 <= lo80) & (lo80 <= mid) & (mid <= hi80) & (hi80 <= hi95)).all()
    np.testing.assert_allclose(out["gated-q-90"], hi80)


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow"])
def test_the_output_is_of_the_input_kind(trained, kind: str, fitted: Forecaster) -> None:
    frame = sales()[["unique_id", "ds", "y"]]
    given = {"pandas": frame, "polars": pl.from_pandas(frame), "arrow": pa.table(frame)}[kind]
    out = Forecaster(h=14, **QUICK).fit(given).predict(h=3)
    assert type(out) is type(given)
    expected = fitted.predict(h=3)["gated"].to_numpy()
    np.testing.assert_array_equal(np.asarray(out["gated"]), expected)


def test_any_horizon_is_forecast_and_a_longer_one_begins_with_the_trained_one(fitted) -> None:
    short, long = fitted.predict(h=14), fitted.predict(h=100)
    assert len(long) == 200
    first = long.groupby("unique_id").head(14)["gated"].to_numpy()
    np.testing.assert_allclose(first, short["gated"].to_numpy(), rtol=1e-4, atol=1e-4)
    assert np.isfinite(long["gated"]).all()


def test_inputs_are_not_changed() -> None:
    frame, ahead = sales(), future()
    frame_before, ahead_before = frame.copy(deep=True), ahead.copy(deep=True)
    Forecaster(h=7, **QUICK).fit(frame, covariates=["open"]).predict(X_df=ahead, h=7)
    pd.testing.assert_frame_equal(frame, frame_before)
    pd.testing.assert_frame_equal(ahead, ahead_before)


def test_known_future_covariates_change_the_forecast_and_closed_days_are_zero(
    with_covariates: Forecaster,
) -> None:
    out = with_covariates.predict(X_df=future(), level=[80])
    sundays = out["ds"].dt.day_of_week == 6
    assert sundays.sum() == 4
    assert (out.loc[sundays, ["gated", "gated-lo-80", "gated-hi-80"]] == 0).all(axis=None)
    assert (out.loc[~sundays, "gated"] > 0).all()
    assert any("open = 0" in note for note in with_covariates.notes_)
    same = with_covariates.predict(futr_df=future(), level=[80])
    pd.testing.assert_frame_equal(out, same)


def test_missing_future_covariates_are_an_error(with_covariates: Forecaster) -> None:
    with pytest.raises(DataError, match="X_df"):
        with_covariates.predict(h=14)
    with pytest.raises(DataError, match="promo"):
        with_covariates.predict(X_df=future().drop(columns="promo"))
    with pytest.raises(DataError, match="shop1"):
        with_covariates.predict(X_df=future(n=1))
    with pytest.raises(UsageError, match="two names for the same"):
        with_covariates.predict(X_df=future(), futr_df=future())


def test_another_table_is_forecast_with_the_fitted_network(fitted: Forecaster) -> None:
    other = sales(n=1, seed=9)[["unique_id", "ds", "y"]].assign(unique_id="new")
    out = fitted.predict(other, h=4)
    assert out["unique_id"].tolist() == ["new"] * 4


def test_remembered_names_observed_past_steps(with_covariates: Forecaster) -> None:
    out = with_covariates.remembered(X_df=future(), h=7, top=2)
    assert out.columns.tolist() == ["unique_id", "ds", "remembered", "seasons", "weight"]
    assert (out["remembered"] <= DAYS[-1]).all()
    assert (out["remembered"].dt.day_of_week == out["ds"].dt.day_of_week).all()
    assert (out["remembered"].dt.day_of_week != 6).all()
    days = (out["ds"] - out["remembered"]).dt.days
    np.testing.assert_allclose(days / 7, out["seasons"])
    assert out["weight"].between(0, 1).all()


def test_memory_shares_are_sorted_and_sum_to_one(fitted: Forecaster) -> None:
    kept = fitted.memory()
    shares = [share for _, share in kept]
    assert kept[0][0].endswith("before")
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1.0)


def test_before_fitting_all_methods_raise_an_error() -> None:
    for call in ("predict", "forecast", "explain", "remembered", "memory"):
        with pytest.raises(NotFittedError, match=r"no table yet.*predict\(df, h=28\).*fit\(df\)"):
            getattr(Forecaster(), call)()
    for name in ("verdict_", "notes_", "rejected_", "h_", "table_"):
        with pytest.raises(NotFittedError, match="no table yet"):
            getattr(Forecaster(), name)
    with pytest.raises(NotFittedError, match="no table yet"):
        Forecaster().save("nowhere")


def test_parameters_follow_the_conventions() -> None:
    model = Forecaster(h=7, seed=5)
    assert model.get_params()["seed"] == 5
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(seed=6) is model
    assert repr(model) == "Forecaster(h=7, seed=6)"
    with pytest.raises(UsageError, match="'sede' is not a parameter"):
        model.set_params(sede=1)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"hidden_size": 0}, "hidden_size is 0"),
        ({"max_steps": 2.5}, "max_steps is 2.5"),
        ({"dropout": 1.0}, "dropout is 1.0"),
        ({"learning_rate": -1}, "learning_rate is -1"),
        ({"h": 0}, "h is 0"),
        ({"season_length": 0}, "season_length"),
        ({"season_length": "7"}, "season_length= is '7'. Expected the number of steps"),
        ({"freq": "fortnight"}, "fortnight"),
    ],
)
def test_an_invalid_hyperparameter_is_an_error(params, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Forecaster(**params).fit(sales(1)[["ds", "y"]])


@pytest.mark.parametrize(
    ("h", "message"),
    [
        (0, "h is 0"),
        (-3, "h is -3"),
        (2.5, "h is 2.5"),
        (True, "h is True"),
        (10**9, "Request at most"),
    ],
)
def test_an_invalid_horizon_is_refused(fitted: Forecaster, h, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        fitted.predict(h=h)


def test_a_horizon_given_as_the_table_is_noticed(fitted: Forecaster) -> None:
    with pytest.raises(UsageError, match="write h=7"):
        fitted.predict(7)


@pytest.mark.parametrize("calendar", [True, False])
def test_a_part_of_a_patch_is_forecast_as_the_whole(trained, calendar: bool, monkeypatch) -> None:
    monkeypatch.setattr(
        "gated.forecast.data.time_features.calendar._VALUES_NEEDED", 0 if calendar else 10**9
    )
    model = Forecaster(h=14, **QUICK).fit(sales()[["unique_id", "ds", "y"]])
    assert bool(model.forecast().fitted.profile.calendar_names) == calendar
    whole = model.predict(h=14).groupby("unique_id").head(3)["gated"]
    np.testing.assert_allclose(model.predict(h=3)["gated"], whole, rtol=1e-4)


def test_levels_and_quantiles_may_be_arrays(fitted: Forecaster) -> None:
    out = fitted.predict(h=2, quantiles=np.array([0.1, 0.9]), level=np.array([80]))
    assert {"gated-q-10", "gated-q-90", "gated-lo-80"} <= set(out.columns)


def test_the_80_percent_interval_is_the_default(fitted: Forecaster) -> None:
    usual = ["unique_id", "ds", "gated", "gated-mean", "gated-lo-80", "gated-hi-80"]
    for model, given in ((fitted, ()), (Forecaster(), (sales()[["unique_id", "ds", "y"]],))):
        asked = model.predict(*given, h=2, level=80)
        assert asked.columns.tolist() == usual
        pd.testing.assert_frame_equal(model.predict(*given, h=2), asked)
        alone = model.predict(*given, h=2, level=[])
        pd.testing.assert_frame_equal(alone, asked[usual[:4]])


def test_a_table_with_other_options_is_refused(fitted: Forecaster) -> None:
    monthly = pd.DataFrame({"ds": pd.date_range("2020", periods=40, freq="MS"), "y": range(40)})
    with pytest.raises(UsageError, match=r"frequency is .*MS.* fitted on .*D"):
        fitted.predict(gated.read_table(monthly))
    with pytest.raises(UsageError, match=r"gated\.read_table instead"):
        Forecaster().fit(gated.read_table(monthly), covariates=["nope"])


def test_fitted_attributes_do_not_exist_before_fitting(fitted: Forecaster) -> None:
    assert hasattr(fitted, "verdict_")
    assert not hasattr(Forecaster(), "verdict_")
