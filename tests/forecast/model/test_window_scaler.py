"""Tests window scaling: levels, values at steps, and the units of the future."""

import numpy as np
import pytest

from gated.forecast.model.window_scaler import WindowHistory, WindowScaler, clip_outliers, compress

NAN = float("nan")


def past(*values: float, patch: int = 2) -> WindowHistory:
    row = np.array([values], dtype=np.float32)
    return WindowHistory(np.nan_to_num(row), np.isfinite(row).astype(np.float32), patch)


def scale(of: WindowHistory, *origins: int) -> WindowScaler:
    return WindowScaler.fit(of, 0, origins[0], np.array(origins))


def test_compress_is_asinh() -> None:
    x = np.array([-1e6, -2.0, 0.0, 0.5, 3e8], dtype=np.float32)
    np.testing.assert_allclose(compress(x), np.arcsinh(x), rtol=1.3e-6)


def test_a_level_is_the_mean_of_the_visible_values_of_a_patch() -> None:
    level, known = past(1, 3, NAN, 8, NAN, NAN).level(np.array([2, 4, 6, 0]))
    assert level.tolist() == [[2, 8, 0, 0]]
    assert known.tolist() == [[1, 1, 0, 0]]


def test_values_outside_the_window_are_zero() -> None:
    values, seen = past(1, 2, 3).at(np.array([-1, 0, 2, 3]))
    assert values.tolist() == [[0, 1, 3, 0]]
    assert seen.tolist() == [[0, 1, 1, 0]]


def test_the_last_visible_value() -> None:
    assert past(1, 3, NAN, 8, NAN, NAN).last(np.array([1, 3, 6])).tolist() == [[0, 1, 3]]


def test_the_future_is_in_changes_relative_to_the_level() -> None:
    found = scale(past(1, 5, 2, 6, 3, 7), 6)
    # Every season lies one above the last; the level is that of the last one.
    assert found.level.tolist() == [[5]]
    assert float(found.change[0]) == pytest.approx(1, abs=0.05)
    values = np.array([[[4.0, 8.0]]])
    np.testing.assert_allclose(
        found.inverse_transform(found.transform(values)), values, rtol=1.3e-6
    )


def test_after_an_unobserved_end_the_last_visible_level_is_used() -> None:
    assert scale(past(1, 5, 3, 7, NAN, NAN, NAN, NAN), 8).level.tolist() == [[5]]


def test_a_factor_of_growth_needs_a_positive_series_and_is_limited() -> None:
    level = np.array([[[4.0, 4.0, 100.0]]])
    before = np.array([[[2.0, -1.0, 1.0]]])
    positive = scale(past(1, 5, 2, 6, 3, 7), 6)
    factor, known = positive.growth(level, before)
    assert factor.tolist() == [[[2.0, 1.0, 8.0]]]
    assert known.tolist() == [[[1.0, 0.0, 1.0]]]
    negative = scale(past(1, 5, -2, 6, 3, 7), 6)
    assert negative.growth(level, before)[1].sum() == 0


def test_the_usual_level_is_a_median_of_the_known_ones() -> None:
    of = past(1, 1, NAN, NAN, 3, 3, 90, 90)
    usual = of.usual_level(np.array([8, 4, 0]), 4)
    assert usual.tolist() == [[3.0, 1.0, 0.0]]


def test_values_after_an_origin_do_not_change_its_scale() -> None:
    first, second = past(1, 5, 2, 6, 3, 7), past(1, 5, 2, 6, 900, 700)
    for name in ("mean", "deviation", "change"):
        assert getattr(scale(first, 4, 6), name) == getattr(scale(second, 4, 6), name)
    assert scale(first, 4, 6).level[0, 0] == scale(second, 4, 6).level[0, 0]


@pytest.mark.parametrize("values", [(NAN,) * 6, (5.0,) * 6, (NAN,) * 5 + (1.0,)])
def test_empty_flat_and_single_windows_stay_finite(values: tuple[float, ...]) -> None:
    found = scale(past(*values), 6)
    assert np.isfinite(found.read(np.full((1, 3), 9.0, np.float32))).all()
    assert np.isfinite(found.inverse_transform(np.full((1, 1, 3), 1e9, np.float32))).all()


def test_two_outliers_are_clipped_three_are_not() -> None:
    row = np.array([[1.0, -2.0, 1e6, 1e7, 0.5]])
    assert clip_outliers(row, np.ones((1, 5))).tolist() == [[1.0, -2.0, 20.0, 20.0, 0.5]]
    orders = np.array([[0.0, 700.0, 0.0, 900.0, 800.0]])
    assert np.array_equal(clip_outliers(orders, np.ones((1, 5))), orders)
    two = np.array([[0.0, 700.0, 0.0, 900.0, 0.0]])
    assert np.array_equal(clip_outliers(two, np.ones((1, 5))), two)
