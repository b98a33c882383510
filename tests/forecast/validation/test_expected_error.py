"""Tests the errors to expect, in the unit of the table."""

import numpy as np
import pytest

from gated.forecast.validation.expected_error import ExpectedError, expected_error
from gated.table import read_table
from tests.forecast.example_tables import sales

Y = np.array([[10.0, 30.0, np.nan], [20.0, 40.0, 60.0]])


def test_errors_of_steps_and_of_totals() -> None:
    points = Y + np.array([[2.0, -2.0, 0.0], [4.0, -4.0, 0.0]])
    found = expected_error(Y, points, Y, np.array([0, 1]), adds_up=True)
    assert found.typical == pytest.approx(12 / 5)
    assert found.share == pytest.approx(12 / 160)
    assert found.total == 0  # the means are right


def test_windows_of_one_period_are_summed_before_the_error() -> None:
    means = Y + np.array([[6.0, 6.0, 0.0], [-4.0, -4.0, -4.0]])
    alone = expected_error(Y, Y, means, np.array([0, 1]), adds_up=True)
    together = expected_error(Y, Y, means, np.array([0, 0]), adds_up=True)
    assert alone.total == pytest.approx(24 / 160)
    assert together.total == pytest.approx(0)


def test_values_that_do_not_add_up_have_no_share_and_no_total() -> None:
    found = expected_error(Y, Y + 1, Y, np.array([0, 1]), adds_up=False)
    assert (found.typical, found.share, found.total) == (1.0, None, None)
    zero = expected_error(0 * Y, 0 * Y + 1, 0 * Y, np.array([0, 1]), adds_up=True)
    assert (zero.share, zero.total) == (None, None)


def test_values_near_the_largest_float_stay_finite() -> None:
    huge = np.full((3, 4), 1e308)
    found = expected_error(huge, -huge, huge, np.arange(3), adds_up=True)
    assert np.isfinite(found.typical)
    assert found.total == 0


def test_the_words_are_those_of_the_table() -> None:
    table = read_table(sales())
    found = ExpectedError(1.0).of(table)
    assert (found.step, found.series) == ("day", table.n_series)
    assert found.target == table.schema.target_col
