"""Tests scores against cases by hand, utilsforecast, and published M4 results."""

import numpy as np
import pandas as pd
import pytest
from utilsforecast import losses

from gated.errors import UsageError
from gated.forecast import metrics
from tests.folders import DATA

M4_HOURLY = DATA / "forecast/m4_hourly.csv.gz"
DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
N, H = 5, 8


@pytest.fixture
def case():
    """Five series with all inputs of the scores, and values of both signs."""
    rng = np.random.default_rng(7)
    y, forecast = rng.normal(5, 4, (2, N, H))
    quantile_forecasts = np.sort(rng.normal(5, 4, (N, H, len(DECILES))), axis=-1)
    history = rng.normal(5, 4, (N, 30))
    return y, forecast, quantile_forecasts, history


def frame(y, **columns):
    """Arrays `[N, h]` as the long frame that utilsforecast reads."""
    n, h = y.shape
    long = {"unique_id": np.repeat(np.arange(n), h), "ds": np.tile(np.arange(h), n)}
    flat = {name: array.ravel() for name, array in columns.items()}
    return pd.DataFrame({**long, "y": y.ravel(), **flat})


def by_series(score):
    """Terms summed row by row."""
    return score.by(np.arange(N)[:, None], N)


def model_column(scores):
    return scores.sort_values("unique_id")["m"].to_numpy()


@pytest.mark.parametrize(
    ("ours", "theirs", "unit"),
    [
        (metrics.smape.terms, losses.smape, 200),  # theirs runs from 0 to 1
        (metrics.wape.terms, losses.wape, 1),
        (metrics.rmse.terms, losses.rmse, 1),
    ],
)
def test_point_scores_agree_with_utilsforecast(case, ours, theirs, unit):
    y, forecast, _, _ = case
    expected = unit * model_column(theirs(frame(y, m=forecast), models=["m"]))
    np.testing.assert_allclose(by_series(ours(y, forecast)), expected, rtol=1e-12)


def test_mase_agrees_with_utilsforecast(case):
    y, forecast, _, history = case
    scale = metrics.seasonal_naive_scale(history.ravel(), np.arange(N + 1) * 30, 7)
    score = by_series(metrics.mase.terms(y, forecast, scale))
    expected = losses.mase(frame(y, m=forecast), ["m"], seasonality=7, train_df=frame(history))
    np.testing.assert_allclose(score, model_column(expected), rtol=1e-12)
    assert metrics.mase(y, forecast, scale) == pytest.approx(score.mean(), rel=1e-12)


def test_quantile_scores_agree_with_utilsforecast(case):
    y, _, quantile_forecasts, _ = case
    names = [f"q{i}" for i in range(len(DECILES))]
    columns = {name: quantile_forecasts[..., i] for i, name in enumerate(names)}
    arguments = (frame(y, **columns), {"m": names}, np.array(DECILES))
    for ours, theirs in (
        (metrics.mqloss.terms, losses.mqloss),
        (metrics.scaled_crps.terms, losses.scaled_crps),
    ):
        score = by_series(ours(y, quantile_forecasts, DECILES))
        np.testing.assert_allclose(score, model_column(theirs(*arguments)), rtol=1e-12)


def test_interval_scores_agree_with_utilsforecast(case):
    y, _, quantile_forecasts, _ = case
    lo, hi = quantile_forecasts[..., 0], quantile_forecasts[..., -1]
    columns = {"m-lo-80": lo, "m-hi-80": hi}
    expected = model_column(losses.coverage(frame(y, **columns), ["m"], 80))
    np.testing.assert_allclose(by_series(metrics.coverage.terms(y, lo, hi)), expected)

    scale = np.arange(1.0, N + 1)
    expected = model_column(losses.winkler_score(frame(y, **columns), ["m"], 80)) / scale
    score = by_series(metrics.msis.terms(y, lo, hi, scale, 80))
    np.testing.assert_allclose(score, expected, rtol=1e-12)


def test_the_score_of_a_perfect_forecast_is_zero(case):
    y, _, _, _ = case
    scale = np.ones(N)
    exact = np.repeat(y[..., None], 2, axis=-1)
    assert metrics.mase(y, y, scale) == metrics.smape(y, y) == metrics.wape(y, y) == 0
    assert metrics.rmse(y, y) == metrics.scaled_crps(y, exact, [0.1, 0.9]) == 0
    assert metrics.msis(y, y, y, scale, level=95) == 0
    assert metrics.coverage(y, y, y) == 1


def test_unknown_values_are_left_out(case):
    y, forecast, quantile_forecasts, _ = case
    half, scale = y.copy(), np.arange(1.0, N + 1)
    half[:, H // 2 :] = np.nan
    seen = np.s_[:, : H // 2]
    for score, known in (
        (metrics.mase(half, forecast, scale), metrics.mase(y[seen], forecast[seen], scale)),
        (metrics.smape(half, forecast), metrics.smape(y[seen], forecast[seen])),
        (metrics.wape(half, forecast), metrics.wape(y[seen], forecast[seen])),
        (metrics.rmse(half, forecast), metrics.rmse(y[seen], forecast[seen])),
        (
            metrics.scaled_crps(half, quantile_forecasts, DECILES),
            metrics.scaled_crps(y[seen], quantile_forecasts[seen], DECILES),
        ),
    ):
        assert score == known


def test_a_missing_forecast_gives_nan(case):
    y, forecast, quantile_forecasts, _ = case
    forecast[0, 0] = quantile_forecasts[0, 0, 0] = np.nan
    assert np.isnan(metrics.smape(y, forecast))
    assert np.isnan(metrics.rmse(y, forecast))
    assert np.isnan(metrics.scaled_crps(y, quantile_forecasts, DECILES))
    assert np.isnan(metrics.coverage(y, forecast, forecast + 9))


def test_without_known_values_the_score_is_nan():
    nothing = np.full((2, 3), np.nan)
    forecast = np.zeros((2, 3))
    assert np.isnan(metrics.mase(nothing, forecast, np.ones(2)))
    assert np.isnan(metrics.smape(nothing, forecast))
    assert np.isnan(metrics.wape(nothing, forecast))
    assert np.isnan(metrics.rmse(nothing, forecast))
    assert np.isnan(metrics.scaled_crps(nothing, forecast[..., None], [0.5]))
    assert np.isnan(metrics.coverage(nothing, forecast, forecast))


def test_zeros_have_a_smape_but_no_relative_score():
    zeros, ones = np.zeros((1, 4)), np.ones((1, 4))
    assert metrics.smape(zeros, zeros) == 0
    assert metrics.smape(zeros, ones) == 200
    assert np.isnan(metrics.wape(zeros, ones))
    assert np.isnan(metrics.scaled_crps(zeros, ones[..., None], [0.5]))


def test_series_without_a_scale_are_left_out():
    y, forecast = np.array([[1.0], [1.0], [1.0]]), np.array([[3.0], [5.0], [5.0]])
    assert metrics.mase(y, forecast, np.array([2.0, np.nan, 0.0])) == 1


def test_huge_values_stay_finite():
    y, forecast = np.full((1, 4), 1e300), np.full((1, 4), -1e300)
    assert metrics.rmse(y, forecast) == pytest.approx(2e300)
    assert metrics.smape(y, forecast) == pytest.approx(200)
    assert metrics.wape(y, forecast) == pytest.approx(2)


def test_the_scale_skips_missing_values():
    history = np.array([1.0, 5.0, np.nan, 9.0, 4.0, 6.0])
    scale = metrics.seasonal_naive_scale(history, np.array([0, 6]), season_length=2)
    np.testing.assert_allclose(scale, [(4 + 3) / 2])  # 5 -> 9 and 9 -> 6; the rest is unknown


def test_scale_is_nan_where_a_series_has_no_two_seasons():
    values, offsets = np.arange(9.0), np.array([0, 1, 1, 3, 9])
    scale = metrics.seasonal_naive_scale(values, offsets, season_length=2)
    np.testing.assert_array_equal(scale, [np.nan, np.nan, np.nan, 2.0])
    assert np.isnan(metrics.seasonal_naive_scale(values, offsets, season_length=99)).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda y: metrics.smape(y, y[:, :1]), "equal shapes"),
        (lambda y: metrics.mase(y, y, np.ones(7)), "one number for each of the 2 rows"),
        (lambda y: metrics.scaled_crps(y, y, [0.5]), r"Expected \(2, 3, 1\)"),
        (lambda y: metrics.mqloss(y, y[..., None], [50]), "between 0 and 1"),
        (lambda y: metrics.msis(y, y, y, np.ones(2), level=100), "between 0 and 100"),
    ],
)
def test_invalid_arguments_are_errors(call, message):
    with pytest.raises(UsageError, match=message):
        call(np.ones((2, 3)))


@pytest.mark.skipif(not M4_HOURLY.exists(), reason="../shared has no M4 hourly data")
def test_published_m4_hourly_seasonal_naive():
    """sMAPE 13.912, MASE 1.193: M4 competition, "Evaluation and Ranks", sNaive, hourly."""
    table = pd.read_csv(M4_HOURLY)
    train = table[table["split"] == "train"]
    y = table[table["split"] == "test"]["y"].to_numpy(float).reshape(-1, 48)
    values = train["y"].to_numpy(float)
    lengths = train.groupby("unique_id", sort=False).size().to_numpy()
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    last_day = values[offsets[1:, None] - 24 + np.arange(48) % 24]

    scale = metrics.seasonal_naive_scale(values, offsets, season_length=24)
    assert len(y) == 414
    assert metrics.smape(y, last_day) == pytest.approx(13.912, abs=5e-4)
    assert metrics.mase(y, last_day, scale) == pytest.approx(1.193, abs=5e-4)
