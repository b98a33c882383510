"""How unlikely values are: uniform for a right forecast, of both tails, of the latest forecast."""

import numpy as np

from gated.forecast.distribution.quantile_function import SCORES
from gated.forecast.live.surprise import LatestForecast, flags, probabilities
from gated.forecast.quantiles import QUANTILES


def test_probabilities_of_a_right_forecast_are_uniform():
    values = np.random.default_rng(0).normal(size=20_000)
    found = probabilities(values, np.tile(SCORES, (len(values), 1)))
    for share in (0.001, 0.05, 0.5, 0.9):
        assert abs((found < share).mean() - share) < 0.012


def test_both_tails_count():
    found = probabilities(np.array([-5.0, 5.0]), np.tile(SCORES, (2, 1)))
    assert (found < 1e-5).all()
    assert found[0] == found[1]


def test_a_value_that_many_levels_share_is_likely():
    zeros = np.zeros((2, len(QUANTILES)))
    found = probabilities(np.array([0.0, 1.0]), zeros)
    assert found[0] == 1
    assert 0.001 < found[1] < 0.01  # all levels are equal: how far out it is, is not known


def test_the_latest_forecast_counts():
    latest = LatestForecast(2, 3)
    series, step = np.array([0, 0, 0, 1]), np.array([4, 5, 8, 4])
    latest.note(np.array([0]), np.array([3]), np.tile(SCORES, (1, 3, 1)))
    latest.note(np.array([0]), np.array([5]), np.tile(10 + SCORES, (1, 2, 1)))
    median, likely = latest.of(series, step, np.array([0.0, 10.0, 0.0, 0.0]))
    np.testing.assert_allclose(median, [np.nan, 10, np.nan, np.nan])
    np.testing.assert_allclose(likely, [np.nan, 1, np.nan, np.nan])
    assert flags(likely, 1.1).tolist() == [False, True, False, False]
    assert np.isnan(latest.of(series[:1], np.array([5]), np.array([np.nan]))[1]).all()


def test_values_of_a_large_level_are_exact():
    latest = LatestForecast(1, 1)
    latest.note(np.array([0]), np.array([0]), 1e12 + SCORES[None, None])
    _, likely = latest.of(np.array([0]), np.array([0]), np.array([1e12 + SCORES[-2]]))
    np.testing.assert_allclose(likely, 0.2, rtol=1e-3)
