"""Tests calibration: the coverage of intervals, also with few windows."""

import numpy as np
import pytest

from gated.forecast.training.calibration import widths

STANDARD = np.array([-1.96, -1.28, -0.84, -0.52, -0.25, 0, 0.25, 0.52, 0.84, 1.28, 1.96])


def normal(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.5])
def test_many_windows_determine_both_widths(factor: float) -> None:
    given = np.broadcast_to(STANDARD / factor, (900, 4, 11))
    assert widths(normal((900, 4)), given) == pytest.approx((factor, factor), rel=0.08)


def test_nine_windows_with_correlated_errors_give_the_stated_coverage() -> None:
    held = []
    for seed in range(400):
        errors = np.repeat(normal((10, 1), seed), 20, axis=1)  # each window wholly high or low
        narrow_or_wide, _ = widths(errors[:9], np.broadcast_to(STANDARD, (9, 20, 11)))
        held.append(abs(errors[9, 0]) <= 1.28 * narrow_or_wide)
    assert np.mean(held) == pytest.approx(0.8, abs=0.05)


def test_the_95_percent_interval_is_widened_like_the_80_percent_interval() -> None:
    y = np.zeros((9, 10))
    y[0] = 1.0  # one window of nine lies outside
    narrow, wide = widths(y, np.broadcast_to(STANDARD / 100, (9, 10, 11)))
    assert narrow > 1
    assert np.isfinite(wide)


def test_exact_or_missing_values_do_not_change_the_widths() -> None:
    exact = np.zeros((5, 3, 11))
    assert widths(np.zeros((5, 3)), exact) == (1.0, 1.0)  # no arm to be stretched
    y = np.full((4, 3), np.nan)
    y[:, 0] = 0.0
    assert widths(y, np.broadcast_to(STANDARD, (4, 3, 11))) == pytest.approx((0.5**0.5, 0.5**0.5))
