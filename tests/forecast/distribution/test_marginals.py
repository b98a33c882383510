"""Tests the values of paths: quantiles, mean and constraints at every step."""

import numpy as np
import pytest

from gated.forecast.distribution.dependence import Dependence, correlated, lag_correlations
from gated.forecast.distribution.marginals import Marginals
from gated.forecast.distribution.quantile_function import mean_of
from gated.forecast.quantiles import QUANTILES

SKEWED = np.array([0.2, 1, 2, 3, 4, 5, 7, 10, 16, 33, 80.0])
OPEN = np.zeros((1, 1), dtype=bool)


def drawn(quantiles: np.ndarray, mean: float, *, integer: bool = False) -> np.ndarray:
    """200,000 values of one step."""
    marginals = Marginals(quantiles[None, None], np.array([[mean]]), OPEN, True, integer)
    generator = np.random.default_rng(0)
    scores = correlated(Dependence(0, 0), 1, 1, 200_000, generator)
    return marginals.values(scores, generator)[0, 0]


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.25])
def test_values_have_the_quantiles_and_another_mean(factor: float) -> None:
    mean = factor * float(mean_of(SKEWED, non_negative=True))
    values = drawn(SKEWED, mean)
    assert values.mean() == pytest.approx(mean, rel=0.02)
    found = np.quantile(values, QUANTILES)
    np.testing.assert_allclose(found[1:], SKEWED[1:], rtol=0.04, atol=0.03)


@pytest.mark.parametrize("mean", [0.02, 3.0, 100.0])
def test_a_mean_beyond_the_quantiles_is_reached_nevertheless(mean: float) -> None:
    values = drawn(SKEWED, mean)
    assert values.mean() == pytest.approx(mean, rel=0.05)
    assert (values >= 0).all()


def test_counts_are_whole_and_have_the_mean() -> None:
    quantiles = np.array([0, 0, 0, 0, 0, 0, 0.1, 0.2, 0.4, 0.8, 4.0])
    values = drawn(quantiles, 0.37, integer=True)
    assert (values == np.round(values)).all()
    assert values.mean() == pytest.approx(0.37, rel=0.03)
    assert np.abs(np.quantile(values, QUANTILES) - np.round(quantiles)).max() <= 1


def test_a_series_without_sales_may_sell() -> None:
    values = drawn(np.zeros(11), 0.05, integer=True)
    assert values.mean() == pytest.approx(0.05, rel=0.1)
    assert (values == 0).mean() > 0.95


def test_scores_have_the_correlations() -> None:
    dependence = Dependence(constant=0.3, decay=0.6)
    scores = correlated(dependence, 2, 4, 100_000, np.random.default_rng(0))
    found = np.corrcoef(scores[0])
    np.testing.assert_allclose(found[0], lag_correlations(dependence, 4), atol=0.02)
    assert scores.std() == pytest.approx(1, abs=0.02)
    assert abs(np.corrcoef(scores[0, 0], scores[1, 0])[0, 1]) < 0.02
