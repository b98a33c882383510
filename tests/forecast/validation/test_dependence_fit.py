"""Tests the estimates of the dependence on simulated windows."""

import numpy as np
import pytest

from gated.forecast.distribution.dependence import Dependence, correlated
from gated.forecast.distribution.marginals import Marginals
from gated.forecast.distribution.quantile_function import SCORES
from gated.forecast.validation.dependence_fit import calibrated, dependence_by_moments

H = 20


def windows(
    truth: Dependence, series: int, periods: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values of a normal forecast, its quantiles, and the period of each window."""
    rng = np.random.default_rng(0)
    common = correlated(truth, periods, H, 1, rng)[..., 0].repeat(series, axis=0)
    own = correlated(truth, periods * series, H, 1, rng)[..., 0]
    y = 10 + np.sqrt(truth.common) * common + np.sqrt(1 - truth.common) * own
    quantiles = np.tile(10 + SCORES, (len(y), H, 1))
    return y.astype(np.float64), quantiles, np.arange(periods).repeat(series)


def normal(quantiles: np.ndarray) -> Marginals:
    mean = quantiles[..., 5]
    return Marginals(quantiles, mean, np.zeros(mean.shape, bool), False, False)


@pytest.mark.parametrize(("constant", "decay"), [(0.0, 0.0), (0.3, 0.5), (0.1, 0.9)])
def test_many_windows_give_their_correlations(constant: float, decay: float) -> None:
    y, quantiles, period = windows(Dependence(constant, decay, 0.0), series=1000)
    found = dependence_by_moments(y, quantiles, period)
    assert found.constant == pytest.approx(constant, abs=0.1)
    assert found.decay == pytest.approx(decay, abs=0.15)
    assert found.common == pytest.approx(0, abs=0.1)  # with the weight of the prior
    assert found.windows == 1000


def test_series_of_many_periods_give_their_correlation() -> None:
    y, quantiles, period = windows(Dependence(0.0, 0.0, 0.4), series=10, periods=30)
    assert dependence_by_moments(y, quantiles, period).common == pytest.approx(0.4, abs=0.05)


def test_one_window_changes_the_prior_little() -> None:
    y, quantiles, period = windows(Dependence(0.9, 0.0, 0.0), series=1)
    found = dependence_by_moments(y, quantiles, period)
    assert abs(found.constant - Dependence().constant) < 0.3
    assert found.common == Dependence().common


def test_totals_outside_their_interval_raise_the_correlation() -> None:
    y, quantiles, _ = windows(Dependence(0.5, 0.0, 0.0), series=400)
    found = calibrated(Dependence(0.0, 0.0, 0.0), y, normal(quantiles))
    assert found.constant == pytest.approx(0.5, abs=0.15)


def test_steps_that_are_not_observed_are_left_out() -> None:
    y, quantiles, period = windows(Dependence(0.3, 0.0, 0.0), series=1000)
    y[:, ::3] = np.nan
    y[::7] = np.nan
    found = dependence_by_moments(y, quantiles, period)
    assert found.constant == pytest.approx(0.3, abs=0.1)
    assert 0 <= calibrated(found, y, normal(quantiles)).constant <= 1
