"""Tests paths, totals and probabilities of forecasts."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import gated
from gated.errors import GatedWarning, UsageError
from gated.forecast import Forecaster
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.prediction.totals import periods_of
from tests.forecast.example_tables import future

H = 28


def counts() -> pd.DataFrame:
    """Sales of four goods, mostly 0, that end on different days."""
    rng = np.random.default_rng(0)
    rows = []
    for number, (rate, length) in enumerate(((0.2, 300), (0.5, 300), (2.0, 290), (0.0, 300))):
        sold = (rng.random(length) < 0.4) * rng.poisson(2.5 * rate, length)
        days = pd.date_range("2023-01-01", periods=length, freq="D")
        rows.append(pd.DataFrame({"unique_id": f"g{number}", "ds": days, "y": sold}))
    return pd.concat(rows)


@pytest.fixture(scope="module")
def made() -> Forecast:
    return Forecaster().forecast(counts(), h=H)


@pytest.fixture(scope="module")
def paths(made: Forecast) -> np.ndarray:
    return made.simulate(2000, seed=3, as_arrays=True)


def test_the_mean_of_counts_is_near_their_mean(made: Forecast) -> None:
    mean = made.columns["gated-mean"].mean(axis=1)
    past = counts().groupby("unique_id")["y"].mean().to_numpy()
    np.testing.assert_allclose(mean, past, rtol=0.35, atol=0.02)
    assert (made.columns["gated"][:2] == 0).all()
    assert made.point.name == "mean"
    assert "sums count" in made.point.text


def test_paths_are_whole_numbers_with_the_means(made: Forecast, paths: np.ndarray) -> None:
    assert paths.shape == (4, 2000, H)
    assert (paths == np.round(paths)).all()
    assert (paths >= 0).all()
    np.testing.assert_allclose(
        paths.mean((1, 2)), made.columns["gated-mean"].mean(1), rtol=0.06, atol=0.005
    )


def test_quantiles_of_paths_are_those_of_the_columns(fitted: Forecaster) -> None:
    made = fitted.forecast(h=7, level=[80], quantiles=[0.3])
    paths = made.simulate(20_000, as_arrays=True)
    for name, level in made.requested.columns.items():
        share = (paths <= made.columns[name][:, None] + 1e-9).mean(axis=1)
        above_0 = made.columns[name] > 0  # at 0, the share is larger
        np.testing.assert_allclose(share[above_0], level, atol=0.015)
        assert above_0.any()


def test_paths_are_0_at_closed_steps(with_covariates: Forecaster) -> None:
    made = with_covariates.forecast(X_df=future())
    paths = made.simulate(50, as_arrays=True).swapaxes(1, 2)
    closed = made.prediction.closed
    assert closed.any()
    assert (paths[closed] == 0).all()
    assert (made.columns["gated-mean"][closed] == 0).all()
    assert (paths[~closed] > 0).any()


def test_the_same_seed_gives_the_same_bits(made: Forecast, paths: np.ndarray) -> None:
    again = made.simulate(2000, seed=3, as_arrays=True)
    np.testing.assert_array_equal(again, paths)
    assert (made.simulate(2000, seed=4, as_arrays=True) != paths).any()


def test_a_frame_of_paths_has_the_kind_of_the_table() -> None:
    frame = pl.from_pandas(counts())
    model = Forecaster()
    found = model.simulate(frame, h=3, n_paths=5, seed=1)
    assert isinstance(found, pl.DataFrame)
    assert found.columns == ["unique_id", "ds", "path", "value"]
    assert found["path"].to_list()[:7] == [0, 0, 0, 1, 1, 1, 2]
    values = model.forecast(frame, h=3).simulate(5, seed=1, as_arrays=True)
    np.testing.assert_array_equal(found["value"].to_numpy(), values.reshape(-1))


def test_totals_are_sums_of_means_with_intervals_of_the_paths(
    made: Forecast, paths: np.ndarray
) -> None:
    found = made.totals(level=[50, 80], n_paths=2000, seed=3)
    assert found.columns.tolist() == [
        "unique_id", "first", "last", "steps",
        "gated-mean", "gated-lo-50", "gated-hi-50", "gated-lo-80", "gated-hi-80",
    ]  # fmt: skip
    np.testing.assert_allclose(found["gated-mean"], made.columns["gated-mean"].sum(1))
    sums = paths.sum(2)
    np.testing.assert_allclose(found["gated-lo-80"], np.quantile(sums, 0.1, axis=1))
    np.testing.assert_allclose(found["gated-hi-50"], np.quantile(sums, 0.75, axis=1))
    assert (found["steps"] == H).all()


def test_totals_by_month_and_over_all_series_add_up(made: Forecast, paths: np.ndarray) -> None:
    months = made.totals("month", over_series=True, n_paths=2000, seed=3)
    assert (months["unique_id"] == "all series").all()
    assert months["steps"].sum() == 4 * H
    assert months["first"].iloc[0] == pd.Timestamp("2023-10-18")  # of the series that ends early
    whole = made.totals(over_series=True, n_paths=2000, seed=3).iloc[0]
    assert months["gated-mean"].sum() == pytest.approx(whole["gated-mean"])
    assert whole["gated-hi-80"] == pytest.approx(np.quantile(paths.sum((0, 2)), 0.9))
    weeks = made.totals("week", n_paths=10)
    assert weeks.groupby("unique_id")["steps"].sum().tolist() == [H] * 4
    monday = weeks.groupby("unique_id")["first"].nth(1)
    assert (monday.dt.day_of_week == 0).all()


def test_the_interval_of_a_total_is_narrower_than_the_sum_of_intervals(made: Forecast) -> None:
    days, whole = made.totals("day", n_paths=500), made.totals(n_paths=500)
    ends = days.groupby("unique_id")["gated-hi-80"].sum().to_numpy()
    assert (whole["gated-hi-80"].to_numpy()[1:3] < ends[1:3]).all()


def test_probabilities_are_shares_of_the_paths(made: Forecast, paths: np.ndarray) -> None:
    settings = {"n_paths": 2000, "seed": 3}
    found = made.probability(at_most=10, **settings)["probability"].to_numpy()
    np.testing.assert_allclose(found, (paths.sum(2) <= 10).mean(1))
    both = made.probability(at_least=5, at_most=10, over_series=True, **settings)
    total = paths.sum((0, 2))
    assert both["probability"].tolist() == [((total >= 5) & (total <= 10)).mean()]
    one = made.probability(at_least=1, series="g1", by="week", n_paths=100)
    assert (one["unique_id"] == "g1").all()
    assert len(one) >= 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: f.simulate(0), "n_paths is 0. Expected a whole number from 1 to 1,000,000"),
        (lambda f: f.simulate(seed=-1), "seed is -1. Expected a whole number from 0"),
        (lambda f: f.totals("fortnight"), "by is 'fortnight'. Expected one of horizon, day, week"),
        (lambda f: f.probability(), "Neither at_least nor at_most is given. Give a number"),
        (lambda f: f.probability(at_most="many"), "at_most is 'many'. Expected a number"),
        (lambda f: f.probability(at_least=3, at_most=2), "no total is within both"),
        (lambda f: f.probability(at_most=3, series="x"), "There is no series 'x'"),
        (
            lambda f: f.probability(at_most=3, series="g1", over_series=True),
            "over_series sums over all of them. Give one of the two",
        ),
    ],
)
def test_wrong_arguments_are_refused(made: Forecast, call, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        call(made)


def test_numbered_steps_have_no_weeks() -> None:
    numbered = pd.DataFrame({"ds": range(60), "y": np.arange(60) % 5 + 1.0})
    made = Forecaster().forecast(numbered, h=4)
    assert made.totals()["last"].tolist() == [63]
    with pytest.raises(UsageError, match="the steps of this table are numbered, not dated"):
        made.totals("week")


def test_periods_of_series_with_other_times_have_common_numbers() -> None:
    ds = np.array([["2024-01-31", "2024-02-01"], ["2024-02-28", "2024-02-29"]], dtype="M8[ns]")
    found = periods_of(ds, "month")
    assert found.local.tolist() == [[0, 1], [0, 0]]
    assert found.number.tolist() == [[0, 1], [1, -1]]


def test_cold_start_series_have_means_paths_and_totals() -> None:
    static = pd.DataFrame({"unique_id": ["g0", "g1", "g2", "g3", "new"], "kind": list("aabba")})
    with pytest.warns(GatedWarning, match="not used: `kind`"):
        made = Forecaster().forecast(counts(), h=3, static_df=static)
    assert np.isfinite(made.columns["gated-mean"]).all()
    assert made.simulate(7, as_arrays=True).shape == (5, 7, 3)
    assert made.totals(n_paths=50)["unique_id"].tolist()[-1] == "new"


def test_a_saved_model_has_the_same_means_and_paths(tmp_path) -> None:
    model = Forecaster(h=5).fit(counts())
    model.save(tmp_path / "m.gated")
    again = gated.Forecaster.load(tmp_path / "m.gated")
    pd.testing.assert_frame_equal(again.predict(), model.predict())
    pd.testing.assert_frame_equal(again.simulate(n_paths=9), model.simulate(n_paths=9))


def test_the_bias_is_that_of_the_means() -> None:
    found = Forecaster().backtest(counts(), h=14, n_windows=2)
    frame = found.frame
    scores = found.scores().set_index("method")["bias"]
    total = frame["y"].sum()
    assert scores["gated"] == pytest.approx(frame["gated-mean"].sum() / total)
    assert scores["naive"] == pytest.approx(frame["naive"].sum() / total)
    assert 0.6 < scores["gated"] < 1.5
    assert frame["gated"].sum() / total < 0.6
