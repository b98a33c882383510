"""Tests covariates: they lower the error if informative, and do not raise it otherwise."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gated
from gated.errors import DataError, GatedWarning, UsageError
from gated.forecast.prediction.cold_start import cold_start_forecast, similar_series
from gated.forecast.quantiles import QUANTILES

DAYS = pd.date_range("2022-01-01", periods=400, freq="D")
H = 14
LEARNING = {
    "h": H,
    "training": "scratch",
    "max_steps": 40,
    "hidden_size": 16,
    "num_layers": 1,
    "batch_size": 16,
    "learning_rate": 1e-2,
}
BRIEF = {**LEARNING, "max_steps": 4}  # where only the columns in use matter, not the errors


def shop(seed: int = 0) -> pd.DataFrame:
    """Weekly sales; a promotion lifts them by half, weather in words by a tenth or so."""
    rng = np.random.default_rng(seed)
    promo = (rng.random(400) < 0.2).astype(float)
    weather = rng.choice(["clear", "rain", "snow"], 400, p=[0.6, 0.3, 0.1])
    lift = 1 + 0.5 * promo + pd.Series(weather).map({"clear": 0.0, "rain": -0.3, "snow": -0.6})
    y = (100 + 20 * np.sin(2 * np.pi * np.arange(400) / 7)) * lift + rng.normal(0, 2, 400)
    return pd.DataFrame({"ds": DAYS, "y": y, "promo": promo, "weather": weather})


def error(frame: pd.DataFrame, *covariates: str, **options: object) -> float:
    model = gated.Forecaster(**LEARNING)
    columns = frame[["ds", "y", *covariates]]
    found = model.backtest(columns, n_windows=2, covariates=covariates, against=[], **options)
    return found.overall["gated"]["mase"]


def test_an_informative_covariate_lowers_the_error() -> None:
    frame = shop()
    without = error(frame)
    with_promo = error(frame, "promo")
    assert with_promo < 0.9 * without
    assert error(frame, "promo", "weather") < 0.6 * with_promo


@pytest.mark.parametrize("seed", range(3))
def test_noise_does_not_raise_the_error(seed: int) -> None:
    frame = shop(seed)
    frame["noise"] = np.random.default_rng(seed).normal(size=400)
    assert error(frame, "noise") <= 1.02 * error(frame)


def test_uninformative_covariates_are_noted() -> None:
    frame = shop().assign(noise=np.random.default_rng(1).normal(size=400))
    model = gated.Forecaster(**BRIEF).fit(frame, covariates=["promo", "noise"], target_col="y")
    assert "left out: `noise` did not explain y in the past." in model.notes_
    ahead = frame.tail(H).assign(ds=DAYS[-H:] + pd.Timedelta(days=H))
    one = model.predict(X_df=ahead)
    other = model.predict(X_df=ahead.assign(noise=100.0))
    pd.testing.assert_frame_equal(one, other)


def test_unknown_categories_and_missing_values_are_noted() -> None:
    frame = shop()
    past = frame.iloc[:-H]
    model = gated.Forecaster(**BRIEF).fit(past, covariates=["promo", "weather"])
    ahead = frame.tail(H).drop(columns="y")
    ahead["weather"] = ["hail", *ahead["weather"].iloc[1:]]
    ahead.loc[ahead.index[2], "promo"] = np.nan
    with pytest.warns(GatedWarning) as said:
        forecast = model.predict(X_df=ahead)
    words = " ".join(str(one.message) for one in said)
    assert "`hail` not in the past table" in words
    assert "1 future value of `promo` missing" in words
    assert np.isfinite(forecast["gated"]).all()


def test_categories_survive_the_model_file(tmp_path: Path) -> None:
    frame = shop()
    model = gated.Forecaster(**LEARNING).fit(frame.iloc[:-H], covariates=["weather"])
    model.save(tmp_path / "m.gated")
    again = gated.Forecaster.load(tmp_path / "m.gated")
    ahead = frame.tail(H)[["ds", "weather"]]
    pd.testing.assert_frame_equal(model.predict(X_df=ahead), again.predict(X_df=ahead))
    # Another table with fewer categories is read with the fitted one's codes.
    clear = frame.iloc[:200].query("weather != 'rain'")[["ds", "y", "weather"]]
    ahead = pd.DataFrame({"ds": DAYS[200 : 200 + H], "weather": "snow"})
    snow = again.predict(clear, X_df=ahead)
    assert (
        snow["gated"].mean()
        < again.predict(clear, X_df=ahead.assign(weather="clear"))["gated"].mean()
    )


def test_a_category_of_closed_steps_is_found() -> None:
    frame = shop()
    frame.loc[frame["ds"].dt.day_of_week == 0, ["weather", "y"]] = ["shut", 0.0]
    model = gated.Forecaster(h=H).fit(frame.iloc[:-H], covariates=["weather"])
    forecast = model.predict(X_df=frame.tail(H)[["ds", "weather"]])
    assert (forecast["gated"][frame["weather"].tail(H).to_numpy() == "shut"] == 0).all()
    assert any("a category of weather: such steps are closed" in n for n in model.notes_)


def test_a_past_covariate_lowers_the_error() -> None:
    """Orders of one week are the sales of the next."""
    rng = np.random.default_rng(0)
    rows = []
    for index in range(6):
        weeks = np.repeat(rng.normal(size=31), 7)
        y = 100 + 10 * weeks[:210] + rng.normal(0, 1, 210)
        columns = {"unique_id": f"s{index}", "ds": DAYS[:210], "y": y, "orders": weeks[7:]}
        rows.append(pd.DataFrame(columns))
    frame = pd.concat(rows)
    model = gated.Forecaster(**{**LEARNING, "h": 7})
    errors = []
    for names in ([], ["orders"]):
        columns = frame[["unique_id", "ds", "y", *names]]
        found = model.backtest(columns, n_windows=3, past_covariates=names, against=[])
        errors.append(found.overall["gated"]["mase"])
    assert errors[1] < 0.7 * errors[0]


def test_future_values_of_a_past_covariate_are_not_used(trained) -> None:
    frame = shop().rename(columns={"promo": "visitors"})[["ds", "y", "visitors"]]
    spoilt = frame.copy()
    spoilt.loc[spoilt.index[-H:], "visitors"] = 1e6
    results = [
        gated.Forecaster(**BRIEF).cross_validation(table, past_covariates=["visitors"])
        for table in (frame, spoilt)
    ]
    pd.testing.assert_frame_equal(*results)


def test_holidays_lower_the_error() -> None:
    days = pd.date_range("2019-01-01", "2023-05-31", freq="D")
    rng = np.random.default_rng(0)
    import holidays

    feasts = holidays.country_holidays("DE", years=range(2019, 2024))
    lift = np.array([0.3 if day.date() in feasts else 1.0 for day in days])
    y = (100 + 20 * np.sin(2 * np.pi * np.arange(len(days)) / 7)) * lift + rng.normal(
        0, 2, len(days)
    )
    frame = pd.DataFrame({"ds": days, "y": y})
    errors = []
    for place in (None, "DE"):
        model = gated.Forecaster(holidays=place, **LEARNING)
        found = model.backtest(frame, n_windows=4, against=[])  # Easter to Whitsun
        errors.append(found.overall["gated"]["rmse"])
    assert errors[1] < 0.7 * errors[0]


def panel() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Eight shops of two regions; the southern ones sell ten times as much."""
    rng = np.random.default_rng(0)
    rows, features = [], []
    for index in range(8):
        region = "south" if index % 2 else "north"
        level = 100.0 if index % 2 else 10.0
        y = level * (1 + 0.3 * np.sin(2 * np.pi * np.arange(140) / 7) + rng.normal(0, 0.05, 140))
        rows.append(pd.DataFrame({"unique_id": f"s{index}", "ds": DAYS[:140], "y": y}))
        features.append((f"s{index}", region, float(index)))
    features.append(("new", "south", 3.0))
    return pd.concat(rows), pd.DataFrame(features, columns=["unique_id", "region", "size"])


def test_a_series_without_a_past_is_forecast_from_similar_series() -> None:
    frame, static = panel()
    model = gated.Forecaster(**LEARNING).fit(frame, static_df=static[["unique_id", "region"]])
    assert any("1 series without any past, first `new`" in note for note in model.notes_)
    forecast = model.predict(h=7, level=[80])
    assert len(forecast) == 9 * 7
    new = forecast[forecast["unique_id"] == "new"]
    peers = forecast[forecast["unique_id"].isin(["s1", "s3", "s5", "s7"])]
    assert new["ds"].tolist() == [*pd.date_range(DAYS[139] + pd.Timedelta(days=1), periods=7)]
    middle = peers.groupby("ds")["gated"].median()
    np.testing.assert_allclose(new["gated"], middle, rtol=0.1)
    assert (new["gated-lo-80"] < new["gated"]).all()


def test_similar_series_have_equal_known_features() -> None:
    frame, static = panel()
    table = gated.read_table(frame, static_df=static)
    peers = similar_series(table)[0]
    assert {*table.ids[peers]} >= {"s1", "s3", "s5"}


def test_a_cold_start_series_with_one_similar_series_has_its_forecast() -> None:
    frame, static = panel()
    alone = frame[frame["unique_id"] == "s1"]
    table = gated.read_table(alone, static_df=static[static["unique_id"].isin(["s1", "new"])])
    theirs = np.sort(np.random.default_rng(0).normal(size=(1, H, len(QUANTILES))))
    mean = np.random.default_rng(1).normal(size=(1, H))
    ours, own_mean = cold_start_forecast(table, theirs, mean)
    np.testing.assert_array_equal(own_mean, mean)
    middle = slice(QUANTILES.index(0.2), QUANTILES.index(0.8) + 1)
    np.testing.assert_allclose(ours[..., middle], theirs[..., middle])


def test_ids_of_cold_start_series_have_the_type_of_the_others(tmp_path: Path) -> None:
    frame, static = panel()
    number = {label: index for index, label in enumerate(static["unique_id"])}
    frame["unique_id"] = frame["unique_id"].map(number)
    file = tmp_path / "static.csv"  # whose ids are text
    static.assign(unique_id=static["unique_id"].map(number)).to_csv(file, index=False)
    forecast = gated.Forecaster(**BRIEF).fit(frame, static_df=file).predict(h=2)
    assert forecast["unique_id"].dtype == frame["unique_id"].dtype
    assert number["new"] in {*forecast["unique_id"]}
    static["unique_id"] = [*range(8), "new"]
    with pytest.raises(DataError, match="`new` has no past, and its name is not of type int"):
        gated.read_table(frame, static_df=static)


def test_a_table_with_other_categories_is_refused() -> None:
    frame = shop()
    model = gated.Forecaster(**BRIEF).fit(frame, covariates=["weather"])
    other = frame.assign(weather=frame["weather"].replace("clear", "fog"))
    read = gated.read_table(other, covariates=["weather"])
    ahead = other.tail(H).assign(ds=DAYS[-1] + pd.to_timedelta(np.arange(1, H + 1), "D"))
    with pytest.raises(UsageError, match=r"categories are not those.*like=model\.table_"):
        model.predict(read, X_df=ahead)
    again = gated.read_table(other, covariates=["weather"], like=model.table_)
    with pytest.warns(GatedWarning, match="`fog` not in the past table"):
        assert len(model.predict(again, X_df=ahead)) == H


def test_static_features_without_their_series_are_refused() -> None:
    frame, static = panel()
    model = gated.Forecaster(**BRIEF).fit(frame, static_df=static)
    with pytest.raises(UsageError, match="Give that table as df"):
        model.predict(static_df=static)


@pytest.mark.parametrize("name", ["public holiday", "holidays of DE"])
def test_a_covariate_with_the_name_of_a_calendar_column_is_refused(name: str) -> None:
    frame = shop().assign(**{name: 1.0})
    with pytest.raises(UsageError, match=rf"Covariate `{name}` has the name.*holidays"):
        gated.Forecaster(holidays="DE").fit(frame, covariates=[name], target_col="y")


def test_another_table_needs_static_features_too() -> None:
    frame, static = panel()
    model = gated.Forecaster(**BRIEF).fit(frame, static_df=static)
    one = frame[frame["unique_id"] == "s1"]
    with pytest.raises(DataError, match=r"model are `region`, `size`; found none.*static_df"):
        model.predict(one)
    assert len(model.predict(one, static_df=static.iloc[[1]])) == H
    shares = [share for _, share in model.memory(one, static_df=static.iloc[[1]])]
    assert sum(shares) == pytest.approx(1)
    plain = gated.Forecaster(h=H).fit(frame)
    with pytest.raises(DataError, match=r"are none; found `region`, `size`\. Leave them"):
        plain.predict(one, static_df=static)
    with pytest.raises(UsageError, match=r"gated\.read_table instead"):
        gated.Forecaster().fit(gated.read_table(frame), static_df=static)


class TestBacktestOfAFittedForecaster:
    """`backtest` uses the covariates of the fit, if the table has them and none were given."""

    @pytest.fixture
    def sales(self):
        days = pd.date_range("2024-01-01", periods=60)
        return pd.DataFrame({"ds": days, "y": 10.0 + days.day_of_week, "promo": days.day % 2})

    @pytest.fixture
    def model(self, sales):
        return gated.Forecaster(h=3).fit(sales, covariates=["promo"])

    def test_they_are_kept(self, model, sales, tmp_path):
        assert model.backtest(sales, n_windows=1).table.covariate_names == ("promo",)
        sales.to_csv(tmp_path / "sales.csv", index=False)
        found = model.backtest(tmp_path / "sales.csv", n_windows=1)
        assert found.table.covariate_names == ("promo",)

    def test_others_may_be_given(self, model, sales):
        assert model.backtest(sales, n_windows=1, covariates=[]).table.covariate_names == ()
        found = model.backtest(sales, n_windows=1, past_covariates=["promo"]).table
        assert (found.covariate_names, found.past_names) == ((), ("promo",))

    def test_another_table_may_have_none(self, model, sales):
        found = model.backtest(sales.drop(columns="promo"), n_windows=1)
        assert found.table.covariate_names == ()
