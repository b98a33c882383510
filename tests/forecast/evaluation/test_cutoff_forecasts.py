"""Tests backtests: the cutoffs, the forecasts, and that no later value is used."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import gated
from gated.errors import DataError, UsageError
from gated.forecast.evaluation import cutoff_forecasts

SCRATCH = {
    "training": "scratch",
    "max_steps": 4,
    "hidden_size": 8,
    "num_layers": 1,
    "batch_size": 8,
}
DAYS = pd.date_range("2024-01-01", periods=90, freq="D")


def sales(seed: int = 0) -> pd.DataFrame:
    """Two shops; the second one opened a month later."""
    noise = np.random.default_rng(seed).normal(size=90)
    weekly = 10 + 3 * np.sin(2 * np.pi * np.arange(90) / 7)
    first = pd.DataFrame({"unique_id": "a", "ds": DAYS, "y": weekly + noise})
    second = pd.DataFrame({"unique_id": "b", "ds": DAYS[60:], "y": 2 * weekly[60:] + noise[60:]})
    return pd.concat([first, second], ignore_index=True)


def checked(frame: Any, hyperparameters: dict[str, Any] | None = None, **options: Any) -> Any:
    options = {"h": 7, "n_windows": 3, **options}
    return gated.Forecaster(**(hyperparameters or {})).cross_validation(frame, **options)


def test_each_cutoff_has_h_steps_and_their_actual_values() -> None:
    frame = sales()
    result = checked(frame, level=[80])
    names = ["unique_id", "ds", "cutoff", "y", "gated", "gated-mean"]
    names += ["gated-lo-80", "gated-hi-80"]
    assert result.columns.tolist() == names
    first = result[result["unique_id"] == "a"]
    assert first["cutoff"].unique().tolist() == [DAYS[68], DAYS[75], DAYS[82]]
    ahead = (first["ds"] - first["cutoff"]).dt.days
    assert ahead.tolist() == [*range(1, 8)] * 3
    came = result.merge(frame, on=["unique_id", "ds"], suffixes=("", "_true"))
    assert len(came) == len(result) == 2 * 3 * 7
    assert (came["y"] == came["y_true"]).all()
    assert (result["gated-lo-80"] <= result["gated-hi-80"]).all()


def test_steps_between_cutoffs_may_be_smaller_than_the_horizon() -> None:
    result = checked(sales(), step_size=2)
    first = result[result["unique_id"] == "a"]
    assert first["cutoff"].unique().tolist() == [DAYS[78], DAYS[80], DAYS[82]]


def test_a_series_is_missing_at_cutoffs_before_it_begins() -> None:
    result = checked(sales(), n_windows=4)
    cutoffs = result.groupby("unique_id")["cutoff"].nunique()
    assert cutoffs.to_dict() == {"a": 4, "b": 4}
    result = checked(sales(), n_windows=4, step_size=9)
    assert result.groupby("unique_id")["cutoff"].nunique().to_dict() == {"a": 4, "b": 3}


def forecasts_at_the_first_cutoff(
    frame: pd.DataFrame, hyperparameters: dict[str, Any], **options: Any
) -> np.ndarray:
    result = checked(frame, hyperparameters, **options)
    first = result[result["cutoff"] == DAYS[68]]
    assert len(first) == 2 * 7
    return first[["gated", "gated-lo-80", "gated-hi-80"]].to_numpy()


def with_another_future(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy with other values after the first cutoff: size, sign, fractions."""
    changed = frame.copy()
    after = changed["ds"] > DAYS[68]
    changed.loc[after, "y"] = -1e6 * (1 + changed.loc[after].index.to_numpy() % 3)
    return changed


by_training = pytest.mark.parametrize("hyperparameters", [{}, SCRATCH], ids=["none", "scratch"])


@by_training
@pytest.mark.parametrize("refit", [False, True])
def test_values_after_a_cutoff_do_not_change_its_forecast(
    refit: bool, hyperparameters: dict[str, Any]
) -> None:
    frame = sales()
    expected = forecasts_at_the_first_cutoff(frame, hyperparameters, refit=refit)
    found = forecasts_at_the_first_cutoff(with_another_future(frame), hyperparameters, refit=refit)
    np.testing.assert_array_equal(found, expected)


@by_training
def test_an_artificial_leak_is_detected(
    hyperparameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above would detect a profile of the whole table."""
    frame = sales()
    fit_on_past = cutoff_forecasts.fit_table
    whole = gated.read_table(frame)
    monkeypatch.setattr(cutoff_forecasts, "fit_table", lambda _, *rest: fit_on_past(whole, *rest))
    expected = forecasts_at_the_first_cutoff(frame, hyperparameters)
    whole = gated.read_table(with_another_future(frame))
    found = forecasts_at_the_first_cutoff(with_another_future(frame), hyperparameters)
    assert not np.array_equal(found, expected)


def test_a_season_after_the_first_cutoff_is_not_used() -> None:
    noise = np.random.default_rng(0).normal(size=300)
    y = np.concatenate([noise[:150], 10 * np.sin(np.arange(150) * 2 * np.pi / 12)]) + noise
    whole = gated.read_table(pd.DataFrame({"t": np.arange(300), "y": y}))
    assert whole.frequency.season_length == 12
    model = gated.Forecaster()
    found = model.backtest(whole, h=10, n_windows=15)
    assert found.fit_notes[0].startswith(
        "no season was found in the values before the first cutoff"
    )
    later = model.backtest(whole, h=10, n_windows=2)
    assert later.fit_notes == ()


def test_a_past_without_observations_is_an_error() -> None:
    frame = pd.DataFrame({"ds": DAYS[:40], "y": np.r_[np.full(25, np.nan), np.arange(15.0)]})
    frame["open"] = 1.0
    with pytest.raises(DataError, match="No value was observed before the first of the 3 cutoffs"):
        checked(frame, covariates=["open"])


@by_training
def test_a_refitted_cutoff_is_a_fit_on_the_past_and_its_forecast(
    hyperparameters: dict[str, Any],
) -> None:
    frame = sales()
    result = checked(frame, hyperparameters, refit=True, n_windows=2)
    for cutoff, part in result[result["unique_id"] == "a"].groupby("cutoff"):
        past = frame[(frame["unique_id"] == "a") & (frame["ds"] <= cutoff)]
        other = frame[frame["unique_id"] == "b"].iloc[: -7 if cutoff == DAYS[82] else -14]
        model = gated.Forecaster(h=7, **hyperparameters).fit(pd.concat([past, other]))
        expected = model.predict(h=7)
        expected = expected[expected["unique_id"] == "a"]
        np.testing.assert_array_equal(part["gated"].to_numpy(), expected["gated"].to_numpy())


@pytest.mark.parametrize(("refit", "fits"), [(False, 1), (True, 3)])
def test_it_is_fitted_once_or_at_each_cutoff(refit: bool, fits: int) -> None:
    starts = []

    def progress(stage: str, at: Any) -> None:
        if stage == "scratch" and at.step == 1:
            starts.append(stage)

    checked(sales(), SCRATCH, refit=refit, progress=progress)
    assert len(starts) == fits


def test_covariates_after_a_cutoff_come_from_the_table() -> None:
    frame = sales()
    frame["open"] = (frame["ds"].dt.day_of_week < 6).astype(int)
    frame.loc[frame["open"] == 0, "y"] = 0.0
    result = checked(frame, covariates=["open"])
    shut = result["ds"].dt.day_of_week == 6
    assert shut.any()
    assert (result.loc[shut, "gated"] == 0).all()
    assert (result.loc[~shut, "gated"] != 0).all()


def test_the_forecaster_does_not_change() -> None:
    model = gated.Forecaster()
    model.cross_validation(sales(), h=7)
    with pytest.raises(gated.errors.NotFittedError):
        model.predict()


def test_the_output_frame_is_of_the_input_kind() -> None:
    result = checked(pl.from_pandas(sales()))
    assert isinstance(result, pl.DataFrame)
    assert result["cutoff"].dtype == result["ds"].dtype
    steps = pd.DataFrame({"ds": range(1, 61), "y": np.arange(60) % 5})
    numbered = checked(steps)
    assert numbered["cutoff"].unique().tolist() == [39, 46, 53]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_windows": 0}, r"n_windows is 0. Expected a whole number, at least 1"),
        ({"n_windows": 1.5}, r"n_windows is 1.5"),
        ({"step_size": 0}, r"step_size is 0. Expected a whole number, at least 1"),
        ({"step_size": True}, r"step_size is True"),
        ({"h": 0}, r"The horizon h is 0"),
        ({"level": [0.8]}, r"Did you mean 80"),
    ],
)
def test_options_out_of_range_are_errors(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        checked(sales(), **options)


def test_a_past_that_is_too_short_is_an_error_with_the_needed_length() -> None:
    message = (
        r"The longest series has 90 steps. 20 cutoffs, 7 steps apart, with 7 steps to forecast "
        r"after each, need at least 142. Request fewer windows"
    )
    with pytest.raises(DataError, match=message):
        checked(sales(), n_windows=20)
