"""Tests the validation split: number of windows, size of the held-out part, rows."""

import numpy as np
import pytest

from gated.forecast.validation.split import ValidationSplit
from gated.forecast.validation.split import split_validation as choose


def split_validation(lengths: np.ndarray, patch: int, h: int, seed: int) -> ValidationSplit:
    """The split of fully observed series."""
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return choose(offsets, np.ones(offsets[-1], dtype=bool), patch, h, seed)


def test_one_series_has_nine_cutoffs() -> None:
    held = split_validation(np.array([739]), patch=7, h=28, seed=0)
    assert held.cutoff.tolist() == list(range(655, 712, 7))
    assert held.end.tolist() == [655]


def test_the_windows_of_a_long_series_spread_over_a_tenth_of_it() -> None:
    held = split_validation(np.array([24 * 700]), patch=24, h=48, seed=0)
    assert len(held.cutoff) == 9
    assert set(np.diff(held.cutoff)) == {24 * 8}
    assert held.cutoff[-1] == 24 * 700 - 48
    assert 0.09 < 1 - held.end[0] / (24 * 700) <= 0.1


def test_many_series_have_one_cutoff_each() -> None:
    held = split_validation(np.full(100, 500), patch=24, h=48, seed=0)
    assert held.series.tolist() == list(range(100))
    assert set(held.cutoff.tolist()) == {452}


def test_no_more_than_a_third_is_held_out_and_short_series_are_only_trained_on() -> None:
    lengths = np.array([200, 100, 110, 30, 3])
    held = split_validation(lengths, patch=7, h=28, seed=0)
    assert set(held.series.tolist()) == {0, 1, 2}
    assert held.end[3:].tolist() == [30, 3]
    assert ((lengths - held.end) <= 0.3 * lengths).all()
    assert (held.cutoff + held.h <= lengths[held.series]).all()
    assert (held.cutoff >= held.end[held.series]).all()


def test_short_series_have_a_shorter_validation_horizon() -> None:
    held = split_validation(np.array([20, 18]), patch=12, h=24, seed=0)
    assert held.h == 5
    assert held.cutoff.tolist() == [15, 13]


@pytest.mark.parametrize("lengths", [[1], [3, 2], [1, 1, 1]])
def test_very_short_series_have_no_held_out_part(lengths: list[int]) -> None:
    held = split_validation(np.array(lengths), patch=7, h=28, seed=0)
    assert not held.exists
    assert held.end.tolist() == lengths


def test_thousands_of_series_are_sampled_by_seed() -> None:
    first, second, other = (split_validation(np.full(5000, 90), 7, 14, seed=s) for s in (0, 0, 1))
    assert len(first.series) == 1024
    assert first.series.tolist() == second.series.tolist() != other.series.tolist()
    assert set(first.end.tolist()) == {76}


def test_the_windows_are_not_only_of_one_long_series() -> None:
    held = split_validation(np.array([100, *[20] * 9]), patch=7, h=28, seed=0)
    assert held.h == 6
    assert set(held.series.tolist()) == set(range(10))


def test_windows_without_observed_values_are_left_out() -> None:
    offsets, observed = np.array([0, 100, 200, 300]), np.ones(300, dtype=bool)
    observed[90:100] = False  # no actual values
    observed[100:185] = False  # nothing observed before
    held = choose(offsets, observed, patch=5, h=10, seed=0)
    assert 90 not in held.cutoff[held.series == 0]
    assert 1 not in held.series
    assert {0, 2} == set(held.series.tolist())
    nothing = choose(offsets, np.zeros(300, dtype=bool), patch=5, h=10, seed=0)
    assert not nothing.exists
    assert nothing.end.tolist() == [100, 100, 100]


def test_a_short_horizon_has_more_windows_at_several_times_of_the_day() -> None:
    held = split_validation(np.array([1500]), patch=96, h=4, seed=0)
    assert len(held.cutoff) == 32
    assert np.unique(np.diff(held.cutoff)).tolist() == [4]
    assert held.cutoff[-1] == 1496
    assert len(np.unique(held.cutoff % 96)) > 20


def test_the_windows_of_a_short_horizon_do_not_overlap_in_a_short_series() -> None:
    held = split_validation(np.array([60]), patch=24, h=4, seed=0)
    assert held.cutoff.tolist() == [44, 48, 52, 56]
