"""Tests season detection: sines, noise, random walks, and real data with known seasons."""

import numpy as np
import pandas as pd
import pytest

from gated.table.time.season import detect_long_season, detect_season
from tests.folders import DATA


def season(*series: np.ndarray, **options: object) -> int:
    offsets = np.append(0, np.cumsum([len(values) for values in series]))
    return detect_season(np.concatenate(series), offsets, **options)  # type: ignore[arg-type]


def wave(period: float, length: int, noise: float = 0.0, seed: int = 0) -> np.ndarray:
    steps = np.arange(length)
    random = np.random.default_rng(seed)
    return np.sin(2 * np.pi * steps / period) + noise * random.normal(size=length)


@pytest.mark.parametrize("period", [2, 4, 7, 12, 24, 52])
@pytest.mark.parametrize("noise", [0.05, 0.7])
def test_finds_a_sine_in_noise(period: int, noise: float) -> None:
    # A phase of a quarter, so that a period of two does not vanish at every step.
    steps = np.arange(12 * period + 5)
    values = np.cos(2 * np.pi * steps / period)
    values += noise * np.random.default_rng(period).normal(size=len(steps))
    assert season(values) == period


def test_finds_it_with_a_trend_and_with_a_random_walk() -> None:
    walk = 0.1 * np.random.default_rng(1).normal(size=300).cumsum()
    assert season(wave(12, 300) + walk + 0.05 * np.arange(300)) == 12


def test_finds_it_in_spikes_and_other_profiles() -> None:
    spikes = np.tile([9.0, 0, 0, 1, 0, 0, 2], 20)
    assert season(spikes + 0.3 * np.random.default_rng(2).normal(size=140)) == 7


def test_returns_the_season_and_not_its_multiples() -> None:
    daily = wave(24, 24 * 60)
    weekly = 0.5 * wave(168, 24 * 60)
    assert season(daily + weekly) == 24


def test_pools_short_series() -> None:
    series = [wave(12, 40, noise=0.8, seed=seed) for seed in range(60)]
    assert season(*series) == 12


def test_handles_missing_values_and_any_scale() -> None:
    values = wave(12, 240, noise=0.1)
    values[::11] = np.nan
    values[:5] = np.nan
    assert season(1e300 * values) == 12
    assert season(1e-300 * values) == 12


@pytest.mark.parametrize("length", [40, 200, 1000])
def test_noise_and_random_walks_have_none(length: int) -> None:
    random = np.random.default_rng(3)
    noise = [random.normal(size=length) for _ in range(20)]
    found = [season(values) for values in noise] + [season(values.cumsum()) for values in noise]
    # Four standard deviations allow for a rare mistake in 40 trials, not for two.
    assert sum(period != 1 for period in found) <= 1
    assert season(*noise) == 1
    assert season(*[values.cumsum() for values in noise]) == 1


@pytest.mark.parametrize(
    "values",
    [[], [1.0], [1.0, 2.0, 1.0], [5.0] * 50, [0.0] * 50, [np.nan] * 50, list(range(50))],
)
def test_series_without_a_season(values: list[float]) -> None:
    assert season(np.array(values, dtype=float)) == 1


def test_candidates_and_longest_period_are_respected() -> None:
    values = wave(24, 480, noise=0.1)
    assert season(values, candidates=[7, 24, 48]) == 24
    assert season(values, candidates=[7, 12]) == 1
    assert season(values, max_period=20) == 1


@pytest.mark.parametrize(("name", "group", "period"), [("m4_hourly", "H", 24), ("m3", "M", 12)])
def test_competition_data(name: str, group: str, period: int) -> None:
    path = DATA / "forecast" / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not part of the project; it is read from ../shared/data")
    frame = pd.read_csv(path)
    frame = frame[frame["unique_id"].str.startswith(group)]
    lengths = frame.groupby("unique_id", sort=False).size().to_numpy()
    offsets = np.append(0, np.cumsum(lengths))
    assert detect_season(frame["y"].to_numpy(dtype=float), offsets) == period


@pytest.mark.parametrize(("season", "days"), [(24, 7), (48, 7), (7, 52), (12, 5)])
def test_finds_the_long_season_around_the_short_one(season: int, days: int) -> None:
    rng = np.random.default_rng(0)
    steps = np.arange(season * days * 14)
    shape, level = rng.normal(size=season), 0.4 * rng.normal(size=days)
    values = (
        shape[steps % season] + level[steps // season % days] + 0.3 * rng.normal(size=len(steps))
    )
    offsets = np.array([0, len(values)])
    assert detect_season(values, offsets) == season
    assert detect_long_season(values, offsets, season) == season * days


def test_finds_days_with_another_profile_at_the_same_level() -> None:
    rng = np.random.default_rng(0)
    steps = np.arange(24 * 7 * 8)
    usual, weekend = rng.normal(size=24), rng.normal(size=24)
    rest = steps // 24 % 7 >= 5
    values = np.where(
        rest, (weekend - weekend.mean())[steps % 24], (usual - usual.mean())[steps % 24]
    )
    values += 0.2 * rng.normal(size=len(steps))
    assert detect_long_season(values, np.array([0, len(values)]), 24) == 168


def test_a_season_with_noise_or_a_random_walk_has_no_longer_season() -> None:
    found = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        season = int(rng.integers(2, 25))
        shape = np.tile(rng.normal(size=season), 60)
        values = shape + rng.normal(size=len(shape)) + rng.normal(size=len(shape)).cumsum() / 3
        found += detect_long_season(values, np.array([0, len(values)]), season) is not None
    assert found <= 1


@pytest.mark.parametrize("length", [0, 1, 24, 60])
def test_short_series_and_no_season_have_no_longer_season(length: int) -> None:
    values = np.arange(float(length)) % 24
    assert detect_long_season(values, np.array([0, length]), 24) is None
    assert detect_long_season(values, np.array([0, length]), 1) is None
