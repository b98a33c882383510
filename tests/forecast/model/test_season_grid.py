"""Tests the resampling of seasons of any length to one grid of 24 points."""

import pytest
import torch

from gated.forecast.model.season_grid import GRID, from_grid, to_grid


@pytest.mark.parametrize("steps", [2, 4, 7, 12, 23, 24, 25, 48, 60, 96, 168])
def test_weights_are_shares(steps: int) -> None:
    for matrix, points in ((to_grid(steps), GRID), (from_grid(steps), steps)):
        assert matrix.shape[1] == points
        assert (matrix >= 0).all()
        torch.testing.assert_close(matrix.sum(0), torch.ones(points))


@pytest.mark.parametrize("steps", [4, 12, 24, 48, 96])
def test_a_straight_line_stays_straight(steps: int) -> None:
    line = torch.linspace(0, 1, steps)
    there = line @ to_grid(steps)
    assert there.diff().std() < 1e-6
    inner = slice(steps // GRID, steps - steps // GRID)  # the ends are level
    torch.testing.assert_close((there @ from_grid(steps))[inner], line[inner])


def test_a_day_of_hours_is_the_grid_itself() -> None:
    assert torch.equal(to_grid(GRID), torch.eye(GRID))


def test_longer_patches_keep_their_mean() -> None:
    values = torch.randn(60, generator=torch.Generator().manual_seed(0))
    assert float((values @ to_grid(60)).mean()) == pytest.approx(float(values.mean()), abs=1e-6)
