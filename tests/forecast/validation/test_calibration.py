"""Tests calibration: the coverage of intervals, by level and step, also with few windows."""

import numpy as np
import pytest

from gated.forecast.validation.calibration import Widths, fitted_widths

STANDARD = np.array([-1.96, -1.28, -0.84, -0.52, -0.25, 0, 0.25, 0.52, 0.84, 1.28, 1.96])


def normal(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.5])
def test_many_windows_determine_both_widths(factor: float) -> None:
    given = np.broadcast_to(STANDARD / factor, (900, 4, 11))
    found = fitted_widths(normal((900, 4)), given, 900)
    assert (found.at_80, found.at_95) == pytest.approx((factor, factor), rel=0.08)


def test_nine_windows_of_a_calibrated_network_hardly_change_its_coverage() -> None:
    held = []
    for seed in range(400):
        errors = np.repeat(normal((10, 1), seed), 20, axis=1)  # each window wholly high or low
        found = fitted_widths(errors[:9], np.broadcast_to(STANDARD, (9, 20, 11)), 9)
        held.append(abs(errors[9, 0]) <= 1.28 * found.factors(20, 10.5)[9, 1])
    assert np.mean(held) == pytest.approx(0.8, abs=0.06)


def test_one_window_without_a_miss_does_not_halve_the_widths() -> None:
    found = fitted_widths(np.zeros((1, 10)), np.broadcast_to(STANDARD, (1, 10, 11)), 1)
    assert found.at_80 > 0.85
    assert found.at_95 > 0.85


def test_errors_that_grow_faster_than_the_intervals_widen_the_last_steps() -> None:
    h = 24
    growing = normal((600, h)) * np.linspace(0.5, 2.0, h)
    found = fitted_widths(growing, np.broadcast_to(STANDARD, (600, h, 11)), 600)
    factors = found.factors(h, (h + 1) / 2)[:, 1]
    assert factors[0] < 0.8
    assert factors[-1] > 1.4
    assert (np.diff(factors) >= 0).all()
    inside = np.abs(growing) <= 1.28 * factors
    assert inside[:, :8].mean() == pytest.approx(0.8, abs=0.08)
    assert inside[:, -8:].mean() == pytest.approx(0.8, abs=0.08)


def test_beyond_the_validated_horizon_the_factor_stays() -> None:
    factors = Widths(1.0, 1.0, 0.4).factors(100, middle=10.0)
    assert factors[-1, 1] == factors[25, 1] == pytest.approx(2**0.4)
    np.testing.assert_array_equal(Widths().factors(3, 2.0), np.ones((3, 11)))


def test_levels_between_the_two_are_interpolated() -> None:
    factors = Widths(2.0, 3.0).factors(1, 1.0)[0]
    assert factors.tolist() == [3.0, *[2.0] * 9, 3.0]


def test_exact_or_missing_values_do_not_change_the_widths() -> None:
    exact = np.zeros((5, 3, 11))
    assert fitted_widths(np.zeros((5, 3)), exact, 5) == Widths()  # no width to be changed
    assert fitted_widths(np.full((4, 9), np.nan), np.zeros((4, 9, 11)), 4) == Widths()


def test_series_with_narrow_intervals_hardly_widen_the_others() -> None:
    """Half of the parts never sold: a tiny interval, and one sale in five values."""
    usual = np.broadcast_to(STANDARD, (300, 4, 11))
    never = np.broadcast_to(1e-3 * np.array(STANDARD), (300, 4, 11))
    y = np.concatenate([normal((300, 4)), (normal((300, 4), 1) > 0.84).astype(float)])
    found = fitted_widths(y, np.concatenate([usual, never]), 600)
    assert found.at_95 == pytest.approx(1, abs=0.1)
