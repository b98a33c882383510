"""Tests the mean, the normal scores and the values of quantiles."""

import numpy as np
import pytest

from gated.forecast.distribution.quantile_function import (
    SCORES,
    mean_of,
    mean_with_long_tail,
    normal_scores,
    values_at,
)
from gated.forecast.quantiles import QUANTILES, at_level


def test_the_mean_is_that_of_the_values_of_all_scores() -> None:
    rng = np.random.default_rng(0)
    quantiles = np.sort(rng.gamma(0.5, 10, (20, len(QUANTILES))) - 3)
    values = values_at(quantiles, np.tile(rng.normal(size=400_000), (20, 1)))
    np.testing.assert_allclose(mean_of(quantiles), values.mean(1), rtol=0.01, atol=0.05)
    above = np.maximum(values, 0).mean(1)
    np.testing.assert_allclose(mean_of(quantiles, non_negative=True), above, rtol=0.01, atol=0.05)


def test_the_mean_of_a_constant_is_the_constant() -> None:
    for value in (0.0, 7.0):
        assert mean_of(np.full(11, value), non_negative=True) == pytest.approx(value)
    assert mean_of(np.full(11, -7.0)) == pytest.approx(-7)
    assert mean_of(np.full(11, -7.0), non_negative=True) == 0


def test_a_long_tail_has_the_mean_of_a_lognormal_distribution() -> None:
    spread = 1.2
    mean = mean_with_long_tail(np.exp(spread * SCORES))
    assert mean == pytest.approx(np.exp(spread**2 / 2), rel=0.03)
    assert mean_of(np.exp(spread * SCORES), non_negative=True) < 0.97 * np.exp(spread**2 / 2)


def test_values_at_scores_are_those_of_the_columns() -> None:
    quantiles = np.sort(np.random.default_rng(1).normal(size=(3, len(QUANTILES))))
    for level, score in ((0.5, 0.0), (0.1, SCORES[1]), (0.9, SCORES[-2])):
        found = values_at(quantiles, np.full((3, 1), score))[:, 0]
        np.testing.assert_allclose(found, at_level(quantiles, level))


def test_scores_are_the_inverse_of_values() -> None:
    quantiles = np.sort(np.random.default_rng(2).normal(size=(4, len(QUANTILES))))
    scores = np.array([[-2.5, -0.3, 0.0, 2.9]]).repeat(4, axis=0)
    values = values_at(quantiles, scores)
    found = np.stack([normal_scores(values[:, i], quantiles) for i in range(4)], axis=1)
    np.testing.assert_allclose(found, scores, atol=1e-9)


def test_equal_quantiles_share_the_middle_of_their_scores() -> None:
    quantiles = np.array([0, 0, 0, 0, 0, 0, 0, 0, 1.0, 2, 3])
    zero = normal_scores(np.array(0.0), quantiles)
    assert SCORES[0] - 1 < zero < SCORES[7]
    constant = np.full(11, 5.0)
    assert [float(normal_scores(np.array(y), constant)) for y in (4.0, 5.0, 6.0)] == [-3, 0, 3]
    assert np.isnan(normal_scores(np.array(np.nan), constant))
