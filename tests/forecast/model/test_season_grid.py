"""Tests the resampling of seasons of any length to one grid of 24 points."""

import numpy as np
import pytest

from gated.forecast.model.season_grid import GRID, from_grid, to_grid


@pytest.mark.parametrize("steps", [2, 4, 7, 12, 23, 24, 25, 48, 60, 96, 168])
def test_weights_are_shares(steps: int) -> None:
    for matrix, points in ((to_grid(steps), GRID), (from_grid(steps), steps)):
        assert matrix.shape[1] == points
        assert (matrix >= 0).all()
        np.testing.assert_allclose(matrix.sum(0), np.ones(points), rtol=1.3e-6)


@pytest.mark.parametrize("steps", [4, 12, 24, 48, 96])
def test_a_straight_line_stays_straight(steps: int) -> None:
    line = np.linspace(0, 1, steps, dtype=np.float32)
    there = line @ to_grid(steps)
    assert np.diff(there).std() < 1e-6
    inner = slice(steps // GRID, steps - steps // GRID)  # the ends are level
    np.testing.assert_allclose(
        (there @ from_grid(steps))[inner], line[inner], rtol=1.3e-6, atol=1e-5
    )


def test_a_day_of_hours_is_the_grid_itself() -> None:
    assert np.array_equal(to_grid(GRID), np.eye(GRID))


def test_longer_patches_keep_their_mean() -> None:
    values = np.random.default_rng(0).normal(size=60).astype(np.float32)
    assert float((values @ to_grid(60)).mean()) == pytest.approx(float(values.mean()), abs=1e-6)
