"""Forecasts with other past values and covariates."""

import numpy as np
import pandas as pd
import pytest

from gated.errors import DataError, UsageError
from gated.forecast import Forecaster
from tests.forecast.explain.tables import H, intermittent, promoted, weekly


@pytest.fixture(scope="module")
def with_promotion() -> tuple[Forecaster, pd.DataFrame]:
    past, ahead = promoted()
    return Forecaster(h=H).fit(past, covariates=["promotion", "noise"]), ahead


def test_a_covariate_changes_in_all_steps_ahead(with_promotion) -> None:
    model, ahead = with_promotion
    moved = model.what_if({"promotion": 1}, X_df=ahead)
    difference = moved.frame["difference"].to_numpy()
    was_on = ahead["promotion"].to_numpy() == 1
    np.testing.assert_allclose(difference[was_on], 0, atol=1e-6)
    np.testing.assert_allclose(difference[~was_on], 10, atol=1.5)
    assert moved.frame.columns.tolist() == ["unique_id", "ds", "before", "after", "difference"]
    assert "The sum over 14 steps moves from" in moved.text


def test_a_covariate_changes_at_one_time(with_promotion) -> None:
    model, ahead = with_promotion
    off = int(np.flatnonzero(ahead["promotion"].to_numpy() == 0)[0])
    moved = model.what_if({"promotion": {str(ahead["ds"].iloc[off].date()): 1}}, X_df=ahead)
    changed = np.flatnonzero(np.abs(moved.frame["difference"].to_numpy()) > 1)
    assert changed.tolist() == [off]


def test_a_past_value_changes() -> None:
    table = weekly()
    moved = Forecaster().what_if({"y": {"2024-05-19": 95.0}}, table, h=7)
    assert moved.frame["difference"].abs().max() > 1
    assert table["y"].max() < 200  # the given table is not changed
    assert str(moved).startswith("What the changes move, in 1 series, 7 steps ahead.")


def test_only_the_named_series_changes() -> None:
    table = intermittent()
    model = Forecaster(h=7).fit(table)
    last = table["ds"].max()
    frame = model.what_if({"y": {last: 40}}, series="good 1").frame
    moved = frame.groupby("unique_id")["difference"].apply(lambda part: part.abs().max())
    assert moved["good 1"] > 0.1
    # The mean of all such series is the prior of each, so that the others move by very little.
    assert moved["good 0"] < 0.2 * moved["good 1"]


def test_a_change_to_the_same_value_moves_nothing() -> None:
    table = weekly()
    moved = Forecaster().what_if({"y": {table["ds"].iloc[-1]: table["y"].iloc[-1]}}, table, h=7)
    assert moved.text == "The forecast does not move."


def test_categories_are_given_by_their_labels() -> None:
    past, ahead = promoted()
    for frame in (past, ahead):
        frame["kind"] = np.where(frame.pop("promotion") == 1, "offer", "none")
    model = Forecaster(h=H).fit(past, covariates=["kind", "noise"])
    moved = model.what_if({"kind": "offer"}, X_df=ahead)
    assert moved.frame["difference"].max() > 5
    with pytest.raises(DataError, match=r"`kind` has no category 'sale'. Expected"):
        model.what_if({"kind": "sale"}, X_df=ahead)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({}, UsageError, "Nothing is changed. Expected a column with a new value"),
        ({"promotoin": 1}, UsageError, "Did you mean `promotion`?"),
        ({"y": 3}, UsageError, "'y' is the target, whose future is forecast"),
        ({"y": {"2031-01-01": 3}}, DataError, "There is no step at 2031-01-01 in the past"),
        ({"y": {"soon": 3}}, DataError, "'soon' is no time. Expected one such as 2024-05-13"),
        ({"promotion": "many"}, DataError, "The new value of `promotion` is 'many'"),
        ({"promotion": np.inf}, DataError, "The new value of `promotion` is inf"),
        (
            {"promotion": {"2031-01-01": 1}},
            DataError,
            "There is no step at 2031-01-01 in the table or the steps ahead",
        ),
    ],
)
def test_a_change_that_does_not_fit_is_an_error(with_promotion, changes, error, message) -> None:
    model, ahead = with_promotion
    with pytest.raises(error, match=message.replace("?", r"\?")):
        model.what_if(changes, X_df=ahead)


def test_numbered_steps_change_by_their_number() -> None:
    table = pd.DataFrame({"t": np.arange(80), "y": np.sin(np.arange(80))})
    model = Forecaster(h=4).fit(table)
    assert model.what_if({"y": {79: 5}}).frame["difference"].abs().max() > 0
    with pytest.raises(DataError, match="'later' is no number of a step"):
        model.what_if({"y": {"later": 5}})


def test_times_are_those_of_the_wall_clock() -> None:
    hours = pd.date_range("2024-03-01", periods=24 * 20, freq="h", tz="Europe/Berlin")
    table = pd.DataFrame({"ds": hours, "y": np.sin(np.arange(len(hours)) * np.pi / 12)})
    model = Forecaster(h=4).fit(table)
    moved = model.what_if({"y": {"2024-03-20 23:00": 3}})
    assert moved.frame["difference"].abs().max() > 0
    aware = model.what_if({"y": {pd.Timestamp("2024-03-20 22:00", tz="UTC"): 3}})
    pd.testing.assert_frame_equal(moved.frame, aware.frame)


def test_dates_of_digits_are_read_by_their_pattern() -> None:
    table = weekly().assign(ds=weekly()["ds"].dt.strftime("%Y%m%d").astype(int))
    model = Forecaster(h=7).fit(table)
    assert model.what_if({"y": {20240519: 95}}).frame["difference"].abs().max() > 1


def test_a_value_below_0_is_refused_where_none_was() -> None:
    with pytest.raises(DataError, match="A new value of `y` is negative, but no past value is"):
        Forecaster().what_if({"y": {"2024-05-19": -1}}, weekly(), h=7)


def test_moves_that_cancel_are_moves() -> None:
    from dataclasses import replace

    made = Forecaster().forecast(weekly(), h=7)
    moved = made.what_if({"y": {"2024-05-19": 95}})
    columns = {name: part[:, ::-1] for name, part in made.columns.items()}
    other = replace(made)
    other.__dict__["columns"] = columns
    assert replace(moved, after=other).text.startswith("The sum over 7 steps moves from")
