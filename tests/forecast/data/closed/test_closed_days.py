"""Tests forecasts of closed weekdays, hours, dates and holidays, from table to model file."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gated
from gated.errors import ModelFileError
from gated.forecast import Forecaster
from gated.forecast.data.table_profile import TableProfile
from gated.train import load_tensors, save_tensors
from tests.forecast.example_tables import QUICK

USUAL_DAY = 32_600  # £, the shop's mean open day


def shop(end: str = "2011-12-09") -> pd.DataFrame:
    frame = gated.datasets.shop()[["ds", "revenue"]]
    return frame[frame["ds"] <= end]


def closed(forecast: pd.DataFrame) -> list[str]:
    return forecast.loc[forecast["gated"] == 0, "ds"].dt.strftime("%m-%d").tolist()


@pytest.mark.parametrize("end", ["2010-12-09", "2011-12-09"])
def test_saturdays_and_christmas_of_the_shop_are_zero(end: str) -> None:
    out = Forecaster().predict(shop(end), h=35)
    christmas = pd.date_range(f"{end[:4]}-12-24", periods=11)
    expected = out["ds"].isin(christmas) | (out["ds"].dt.day_of_week == 5)
    assert closed(out) == out.loc[expected, "ds"].dt.strftime("%m-%d").tolist()
    assert (out.loc[expected, ["gated-lo-80", "gated-hi-80"]] == 0).all(axis=None)
    assert out.loc[~expected, "gated"].min() > 0.25 * USUAL_DAY


def test_an_export_of_open_days_only() -> None:
    frame = shop()
    model = Forecaster(h=14).fit(frame[frame["revenue"] > 0])
    assert closed(model.predict()) == ["12-10", "12-17"]
    assert (
        "Saturdays are closed: revenue was missing on 104 of 105. They are forecast as 0 and left "
        "out of the past." in model.notes_
    )


def test_the_notes_have_the_evidence() -> None:
    notes = Forecaster().fit(shop()).notes_
    consequence = "They are forecast as 0 and left out of the past."
    assert f"Saturdays are closed: revenue was 0 on 104 of 105. {consequence}" in notes
    assert (
        "24 December to 3 January are closed: revenue was 0 on all 18 days in 2009 and 2010. "
        f"{consequence}" in notes
    )
    assert (
        "Good Friday, Easter Sunday and Easter Monday are closed: revenue was 0 on all 6 days in "
        f"2010 and 2011. {consequence}" in notes
    )
    first_year = Forecaster().fit(shop("2010-12-09")).notes_
    assert any("on all 9 days in 2009, the only year seen." in note for note in first_year)


def test_holidays_close_without_training() -> None:
    past = shop("2011-04-20")
    with_holidays = Forecaster(holidays="GB", h=28).fit(past)
    saturdays = ["04-23", "04-30", "05-07", "05-14"]
    without = closed(Forecaster(h=28).fit(past).predict())
    assert without == saturdays
    # Good Friday, the wedding of Prince William, May Day: the shop was closed on all of them.
    assert set(closed(with_holidays.predict())) - set(without) == {"04-22", "04-29", "05-02"}
    assert any(
        note.startswith("Holidays of GB (`Boxing Day`, `Christmas Day`, ")
        and "are closed: revenue was 0 on all 10 days in 2009, 2010 and 2011." in note
        for note in with_holidays.notes_
    )
    assert not any("not used" in note for note in with_holidays.notes_)


def test_holidays_without_an_effect_are_left_out_and_closed_nowhere() -> None:
    days = pd.date_range("2022-01-01", "2023-12-31")
    frame = pd.DataFrame({"ds": days, "y": 20.0 + days.day_of_week})
    model = Forecaster(holidays="GB").fit(frame)
    assert "left out: `holidays of GB` did not explain y in the past." in model.notes_
    assert (model.predict()["gated"] > 0).all()


def test_a_network_and_a_baseline_are_combined_on_open_days_only() -> None:
    model = Forecaster(h=14, **{**QUICK, "training": "tune"}).fit(shop())
    assert closed(model.predict()) == ["12-10", "12-17"]
    assert model.verdict_.errors["theta"] < 1


def test_a_backtest_closes_its_competitors_from_the_past_of_each_cutoff() -> None:
    frame = shop("2011-01-14")
    result = Forecaster().backtest(frame, h=14, n_windows=3, against=["theta", "mean"], refit=True)
    saturdays = result.frame["ds"].dt.day_of_week == 5
    assert (result.frame.loc[saturdays, ["gated", "seasonal_naive", "theta", "mean"]] == 0).all(
        axis=None
    )
    # Christmas was seen once before the second cutoff; the held-out one closes nothing before it.
    christmas = result.frame["ds"].between("2010-12-24", "2011-01-03")
    assert (result.frame.loc[christmas, ["gated", "theta", "mean"]] == 0).all(axis=None)
    assert (result.actuals.closed[result.actuals.y > 0]).sum() == 0
    assert result.overall["gated"]["smape"] < 40  # 0 at an actual value of 0 is no error


def test_a_christmas_after_the_cutoff_closes_nothing_before_it() -> None:
    frame = shop("2011-01-14")
    late = frame[frame["ds"] >= "2010-01-10"]  # without the first Christmas
    result = Forecaster().backtest(late, h=28, n_windows=1)
    christmas = result.frame["ds"].between("2010-12-24", "2011-01-03")
    is_saturday = result.frame["ds"].dt.day_of_week == 5
    assert (result.frame.loc[christmas & ~is_saturday, "gated"] > 0).all()


def test_closed_hours_of_an_export() -> None:
    days = pd.date_range("2024-01-01", "2024-01-21 23:00", freq="h")
    days = days[(days.hour >= 9) & (days.hour < 18)]
    sales = 50 + 15 * np.sin((days.hour - 9) / 8 * np.pi) + np.arange(len(days)) % 3
    out = Forecaster().predict(pd.DataFrame({"time": days, "sales": sales}), h=24)
    is_open = out["time"].dt.hour.between(9, 17)
    assert (out.loc[~is_open, "gated"] == 0).all()
    assert out.loc[is_open, "gated"].between(45, 75).all()


def test_a_covariate_that_opens_a_usually_closed_day_is_believed() -> None:
    frame = gated.datasets.shop()
    past, future = frame.iloc[:-28], frame.iloc[-28:][["ds", "open"]].assign(open=1)
    model = Forecaster(h=28).fit(past, covariates=["open"])
    assert (model.predict(X_df=future)["gated"] > 0).all()


def test_a_chain_of_which_two_branches_are_open_at_christmas(tmp_path: Path) -> None:
    days = pd.date_range("2021-01-01", "2023-12-17")
    christmas = days.strftime("%m-%d").isin(["12-25", "12-26"])
    noise = np.random.default_rng(0).normal(0, 3, (8, len(days)))
    sales = 50.0 + 5 * days.day_of_week.to_numpy() + noise
    sales[2:, np.flatnonzero(christmas)] = 0
    frame = pd.DataFrame({"ds": np.tile(days.to_numpy(), 8), "sales": sales.reshape(-1)})
    frame["unique_id"] = np.repeat([f"b{branch}" for branch in range(8)], len(days))
    model = Forecaster(h=14).fit(frame)
    out = model.predict()
    is_closed = out["ds"].dt.strftime("%m-%d").isin(["12-25", "12-26"]) & (out["unique_id"] >= "b2")
    assert (out.loc[is_closed, ["gated", "gated-hi-80"]] == 0).all(axis=None)
    assert out.loc[~is_closed, "gated"].between(40, 90).all()
    assert (
        "6 series (`b2`, `b3`, `b4`, `b5` and 2 more) are closed on 25 December to 26 December: "
        "sales was 0 on all 4 days in 2021 and 2022. These days are forecast as 0 and left out of "
        "the past." in model.notes_
    )
    model.save(tmp_path / "m")
    pd.testing.assert_frame_equal(Forecaster.load(tmp_path / "m").predict(), out)


def test_a_closed_calendar_is_saved_and_loaded(tmp_path: Path) -> None:
    model = Forecaster(h=28, holidays="GB").fit(shop())
    model.save(tmp_path / "m")
    loaded = Forecaster.load(tmp_path / "m")
    assert loaded.notes_ == model.notes_
    pd.testing.assert_frame_equal(loaded.predict(), model.predict())
    recent = shop().iloc[-60:]  # a stored model knows Christmas, a short table does not
    assert "12-27" in closed(loaded.predict(recent))
    assert "12-27" not in closed(Forecaster().predict(recent, h=28))


def test_labels_of_series_are_not_saved_without_the_table(tmp_path: Path) -> None:
    days = pd.date_range("2023-01-01", "2023-12-31")
    frame = pd.concat(
        pd.DataFrame(
            {"unique_id": name, "ds": days, "y": np.where(days.day_of_week == day, 0, 9.5)}
        )
        for name, day in (("secret-north", 0), ("secret-south", 1))
    )
    model = Forecaster(h=7).fit(frame)
    assert len(model._fit.fitted.profile.closed_calendar.own) == 2
    model.save(tmp_path / "m", with_table=False)
    assert b"secret-north" not in (tmp_path / "m").read_bytes()
    assert Forecaster.load(tmp_path / "m").predict(frame)["gated"].min() > 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"steps_per_day": 24}, "24 steps in a day"),
        ({"place": "FR"}, "holidays of another place"),
        ({"own": [{"ids": ["nobody"], "slots": [1]}]}, "series that the table does not have"),
        ({"own": [{"ids": ["revenue"], "slots": [7]}]}, "time_of_week that does not exist"),
        ({"own": [{"ids": ["revenue"], "slots": [-1]}]}, r"slots\[0\] is -1"),
        ({"rules": [{"kind": "moon"}]}, r"rules\[0\]"),
        ({"more": 1}, "'more', which is unknown"),
        (None, "closed_calendar is None"),
    ],
)
def test_a_changed_calendar_in_a_model_file_is_refused(
    change: dict | None, message: str, tmp_path: Path
) -> None:
    Forecaster(h=7).fit(shop()).save(tmp_path / "m")
    tensors, header = load_tensors(tmp_path / "m", kind="model", version=5)
    stored = header["facts"]["closed_calendar"]
    header["facts"]["closed_calendar"] = None if change is None else {**stored, **change}
    save_tensors(tmp_path / "m", tensors, header, kind="model", version=5)
    with pytest.raises(ModelFileError, match=message):
        Forecaster.load(tmp_path / "m")


@pytest.mark.parametrize(
    ("kind", "value"), [("weekday", 7), ("date", 1232), ("easter", 400), ("time_of_day", 1)]
)
def test_rules_of_a_model_file_out_of_range_are_refused(
    kind: str, value: int, tmp_path: Path
) -> None:
    Forecaster(h=7).fit(shop()).save(tmp_path / "m")
    tensors, header = load_tensors(tmp_path / "m", kind="model", version=5)
    header["facts"]["closed_calendar"]["rules"][0].update(kind=kind, values=[value])
    save_tensors(tmp_path / "m", tensors, header, kind="model", version=5)
    with pytest.raises(ModelFileError, match=f"a {kind} that does not exist"):
        Forecaster.load(tmp_path / "m")


def test_a_file_of_version_4_has_no_calendar_and_still_loads(tmp_path: Path) -> None:
    model = Forecaster(h=14).fit(shop())
    model.save(tmp_path / "m")
    tensors, header = load_tensors(tmp_path / "m", kind="model", version=5)
    del header["facts"]["closed_calendar"]
    save_tensors(tmp_path / "m", tensors, header, kind="model", version=4)
    out = Forecaster.load(tmp_path / "m").predict()
    assert (out["gated"] > 0).all()
    assert json.dumps(TableProfile.from_json(header["facts"]).closed_calendar.to_json()) == (
        '{"steps_per_day": 1, "rules": [], "own": [], "place": null, "own_dates": []}'
    )


def test_a_new_table_that_is_open_on_a_closed_weekday_is_forecast_open() -> None:
    days = pd.date_range("2024-01-01", periods=70)
    sales = pd.DataFrame({"ds": days, "y": np.where(days.day_of_week == 5, 0.0, 20.0)})
    model = Forecaster(h=7).fit(sales)
    assert (model.predict()["gated"] == 0).sum() == 1
    assert model.predict(sales.assign(y=20.0))["gated"].min() > 15
