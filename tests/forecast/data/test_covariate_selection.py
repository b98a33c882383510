"""Tests covariate selection: informative covariates are kept, noise is left out."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gated.forecast.data.covariate_selection import TargetHistory, is_informative

LENGTH, SEASON = 900, 7
FloatArray = NDArray[np.float64]


def past(effect: FloatArray | float = 0.0, seed: int = 0, series: int = 1) -> TargetHistory:
    """Weekly series with noise and the effect of a covariate."""
    rng = np.random.default_rng(seed)
    step = np.tile(np.arange(LENGTH), series)
    y = np.sin(2 * np.pi * step / SEASON) + 0.3 * rng.normal(size=len(step)) + effect
    offsets = np.arange(series + 1) * LENGTH
    return TargetHistory(y, offsets, step, SEASON)


def column(kind: str, seed: int) -> FloatArray:
    rng = np.random.default_rng(1000 + seed)
    match kind:
        case "noise":
            return rng.normal(size=LENGTH)
        case "walk":
            return np.cumsum(rng.normal(size=LENGTH))
        case "flag":
            return (rng.random(LENGTH) < 0.1).astype(float)
        case "rare flag":
            return (rng.random(LENGTH) < 0.02).astype(float)
        case "drift":
            return np.sin(np.arange(LENGTH) / rng.uniform(5, 200))
        case _:
            return np.full(LENGTH, 3.0)


@pytest.mark.parametrize("kind", ["noise", "walk", "flag", "rare flag", "drift", "constant"])
def test_noise_is_hardly_ever_informative(kind: str) -> None:
    believed = [is_informative(past(seed=seed), column(kind, seed)[:, None]) for seed in range(20)]
    assert sum(believed) <= 2


@pytest.mark.parametrize("kind", ["noise", "walk", "flag", "rare flag"])
def test_an_effect_is_informative(kind: str) -> None:
    for seed in range(5):
        covariate = column(kind, seed)
        effect = 0.5 * covariate / covariate.std() if kind == "walk" else covariate
        assert is_informative(past(effect, seed), covariate[:, None])


def test_a_nonlinear_effect_is_informative() -> None:
    """Heat and cold both raise demand."""
    heat = column("noise", 0)
    assert is_informative(past(0.5 * heat**2), heat[:, None])


def test_an_effect_at_one_phase_is_informative() -> None:
    """A flag with effects on two weekdays, of equal size and opposite sign."""
    flag = column("flag", 3) + column("flag", 4)
    weekday = np.arange(LENGTH) % SEASON
    effect = np.where(weekday == 2, 1.0, np.where(weekday == 5, -1.0, 0.0)) * flag
    assert is_informative(past(3 * effect), flag[:, None])


def test_a_past_covariate_must_explain_the_next_season() -> None:
    cause = column("noise", 0)
    at_once, later = past(cause), past(np.roll(cause, SEASON))
    assert not is_informative(at_once, cause[:, None], lag=SEASON)
    assert is_informative(later, cause[:, None], lag=SEASON)


def test_columns_of_a_group_are_tested_together() -> None:
    flags = np.stack([column("flag", seed) for seed in range(3)], axis=1)
    assert is_informative(past(flags @ np.array([0.4, -0.4, 0.3])), flags)


def test_many_series_are_sampled_without_mixing_them() -> None:
    one = column("noise", 0)
    many = past(np.tile(one, 3), series=3)
    assert is_informative(many, np.tile(one, 3)[:, None])
    assert not is_informative(past(series=3), np.tile(one, 3)[:, None])


def test_a_covariate_with_too_few_rows_is_kept() -> None:
    short = TargetHistory(np.arange(20.0), np.array([0, 20]), np.arange(20), 7)
    assert is_informative(short, np.ones((20, 1)))
    flat = TargetHistory(np.ones(200), np.array([0, 200]), np.arange(200), 7)
    assert is_informative(flat, np.random.default_rng(0).normal(size=(200, 1)))
