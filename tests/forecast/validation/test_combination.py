"""Tests the combination of network and baseline."""

from dataclasses import replace

import numpy as np
import pytest

from gated.forecast.quantiles import QUANTILES
from gated.forecast.validation.combination import Combination, combine, unvalidated
from gated.forecast.validation.expected_error import ExpectedError

MEDIAN = QUANTILES.index(0.5)
LOW, HIGH = QUANTILES.index(0.1), QUANTILES.index(0.9)


def case(
    network_error: float, baseline_error: float, *, windows: int = 400, correlated: float = 0.0
):
    """y and forecasts whose errors are normal with these sizes."""
    rng = np.random.default_rng(0)
    y = rng.normal(10, 3, (windows, 4))
    shared = rng.normal(size=y.shape)
    own = [rng.normal(size=y.shape) for _ in range(2)]
    errors = [correlated * shared + (1 - correlated) * e for e in own]
    median = y + network_error * errors[0]
    spread = np.array([-2, -1.28, -0.84, -0.52, -0.25, 0, 0.25, 0.52, 0.84, 1.28, 2])
    network = median[..., None] + network_error * spread
    baselines = {"seasonal_naive": y + baseline_error * errors[1], "naive": y + 9.0}
    verdict = combine(y, network, baselines, np.ones(windows), windows)
    return verdict, y, network, baselines


def test_a_much_better_network_forecasts_alone() -> None:
    verdict, *_ = case(1.0, 5.0)
    assert verdict.share == 1
    assert verdict.errors["network"] == pytest.approx(0.2, abs=0.03)
    assert verdict.errors["forecast"] == verdict.errors["network"]


def test_a_much_worse_network_gets_no_weight() -> None:
    verdict, y, network, baselines = case(20.0, 1.0)
    assert (verdict.share, verdict.baseline) == (0, "seasonal_naive")
    mixed = verdict.mix(network, baselines["seasonal_naive"])
    np.testing.assert_allclose(mixed[..., MEDIAN], baselines["seasonal_naive"])
    inside = (y >= mixed[..., LOW]) & (y <= mixed[..., HIGH])
    assert inside.mean() > 0.75


def test_independent_errors_give_an_average() -> None:
    verdict, *_ = case(1.0, 1.0)
    assert verdict.share == 0.5
    assert verdict.errors["forecast"] < 0.99 * verdict.errors["network"]


def test_a_baseline_without_benefit_gets_no_weight() -> None:
    verdict, *_ = case(1.0, 1.01, correlated=1.0)
    assert verdict.share == 1


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.5])
def test_intervals_are_widened_to_their_coverage(factor: float) -> None:
    rng = np.random.default_rng(1)
    y = rng.normal(size=(900, 4))
    normal = np.array([-1.96, -1.28, -0.84, -0.52, -0.25, 0, 0.25, 0.52, 0.84, 1.28, 1.96])
    network = np.broadcast_to(normal / factor, (900, 4, 11)).copy()
    baselines = {"seasonal_naive": np.full_like(y, 50.0)}
    verdict = combine(y, network, baselines, np.ones(900), 900)
    assert verdict.widen_80 == pytest.approx(factor, rel=0.08)
    assert verdict.widen_95 == pytest.approx(factor, rel=0.08)
    mixed = verdict.mix(network, None)
    assert ((y > mixed[..., LOW]) & (y < mixed[..., HIGH])).mean() == pytest.approx(0.8, abs=0.02)
    assert ((y > mixed[..., 0]) & (y < mixed[..., -1])).mean() == pytest.approx(0.95, abs=0.02)


def test_unobserved_steps_are_left_out() -> None:
    y = np.array([[1.0, 2.0, np.nan], [1.0, 2.0, 3.0]])
    network = np.repeat(np.array([[[1.0], [2.0], [3.0]]] * 2), 11, axis=2)
    baselines = {"seasonal_naive": np.where(np.isfinite(y), y + 1, 1e9)}
    verdict = combine(y, network, baselines, np.ones(2), 2)
    assert verdict.errors["network"] == 0
    assert verdict.errors["seasonal_naive"] == 1


def test_few_windows_prefer_theta_and_an_average() -> None:
    rng = np.random.default_rng(0)
    y, noise = rng.normal(10, 3, (9, 28)), rng.normal(size=(9, 28))
    network = np.repeat((y + rng.normal(0, 1.0, y.shape))[..., None], 11, axis=2)
    baselines = {"seasonal_naive": y + noise, "theta": y + 1.05 * noise}
    few = combine(y, network, baselines, np.ones(9), 9)
    assert few.baseline == "theta"
    assert 0.3 < few.share < 0.8
    repeated = {name: np.repeat(points, 50, axis=0) for name, points in baselines.items()}
    many = combine(
        np.repeat(y, 50, axis=0), np.repeat(network, 50, axis=0), repeated, np.ones(450), 450
    )
    assert many.baseline == "seasonal_naive"


@pytest.mark.parametrize(
    ("network_error", "windows", "low", "high"),
    [(1.2, 9, 0.8, 1), (2.0, 9, 0.6, 0.9), (8.0, 9, 0, 0.1), (1.5, 900, 0, 0.4)],
)
def test_the_pretrained_network_is_preferred_unless_clearly_worse(
    network_error: float, windows: int, low: float, high: float
) -> None:
    verdict, y, network, baselines = case(network_error, 1.0, windows=windows, correlated=1.0)
    pretrained = combine(y, network, baselines, np.ones(windows), windows, "pretrained")
    assert low <= pretrained.share <= high
    assert pretrained.share >= verdict.share
    assert pretrained.errors["network"] == verdict.errors["network"]


def test_a_perfect_seasonal_naive_causes_no_division_by_zero() -> None:
    y = np.ones((3, 2))
    network = np.zeros((3, 2, 11))
    ones = np.ones(3)
    verdict = combine(y, network, {"seasonal_naive": y.copy()}, ones, len(ones))
    assert verdict.share == 0
    assert np.isfinite(list(verdict.errors.values())).all()


def test_errors_whose_squares_overflow_are_compared() -> None:
    y = np.zeros((3, 4))
    network = np.full((3, 4, len(QUANTILES)), 1e300)
    baselines = {"seasonal_naive": np.full((3, 4), 2e300)}
    assert 0.5 < combine(y, network, baselines, np.ones(3), 3).share <= 1


def test_the_result_is_the_same_after_it_was_stored() -> None:
    verdict = unvalidated("theta")
    assert Combination.from_json(verdict.to_json()) == verdict
    expected = ExpectedError(12.5, 0.14, None, "revenue", "day", 3)
    stored = replace(case(1.0, 1.0)[0], expected=expected)
    assert Combination.from_json(stored.to_json()) == stored


def test_over_a_short_horizon_the_network_is_trusted_less() -> None:
    _, y, network, baselines = case(1.5, 1.0, windows=32, correlated=1.0)
    shares = [
        combine(y, network, baselines, np.ones(32), 32, "pretrained", short=short).share
        for short in (False, True)
    ]
    assert shares[0] > 0.6
    assert shares[1] < 0.3
