"""Tests the detection of cycles of no calendar length."""

import numpy as np
import pytest

from gated.forecast.data.series.cycle import own_cycle, own_cycles
from tests.folders import DATA

RNG = np.random.default_rng(0)
TIME = np.arange(900)


def wave(steps: float, season: int = 12) -> np.ndarray:
    return np.sin(2 * np.pi * TIME / steps) + 0.5 * (TIME % season == 0) + 0.002 * TIME


@pytest.mark.parametrize("steps", [30, 65, 132, 200])
def test_a_cycle_is_found_beside_season_trend_and_noise(steps: int) -> None:
    values = wave(steps) + 0.3 * RNG.normal(size=len(TIME))
    assert own_cycle(values, 12) == pytest.approx(steps, rel=0.08)


def test_missing_values_and_the_unit_do_not_matter() -> None:
    values = wave(132)
    some = np.where(RNG.random(len(TIME)) < 0.1, np.nan, values)
    found = own_cycle(values, 12)
    assert own_cycle(some, 12) == found
    for unit in (1e300, 1e-300, -1.0):
        assert own_cycle(unit * values, 12) == found


@pytest.mark.parametrize(
    "values",
    [
        RNG.normal(size=900),
        np.cumsum(RNG.normal(size=900)),
        np.ones(900),
        np.full(900, np.nan),
        1.02**TIME,
        wave(12),
        wave(400),  # fewer than three cycles
        wave(132)[:60],
    ],
    ids=["noise", "walk", "constant", "missing", "growth", "season", "long", "few"],
)
def test_without_a_cycle_none_is_found(values: np.ndarray) -> None:
    assert own_cycle(values, 12) == 0


def test_each_window_has_the_cycle_of_its_past() -> None:
    values = np.concatenate([wave(132), RNG.normal(size=900)])
    cycles = own_cycles(values, np.array([0, 900, 0]), np.array([900, 1800, 300]), 12)
    assert cycles[0] == pytest.approx(132, rel=0.08)
    assert cycles[1:].tolist() == [0, 0]


SUNSPOTS = DATA / "forecast/classics/monthly-sunspots.csv"


@pytest.mark.skipif(not SUNSPOTS.exists(), reason="needs shared/data, which is not in the package")
def test_sunspots_have_a_cycle_of_eleven_years() -> None:
    values = np.loadtxt(SUNSPOTS, delimiter=",", skiprows=1, usecols=1)
    assert own_cycle(values, 12) / 12 == pytest.approx(10.7, abs=0.8)
