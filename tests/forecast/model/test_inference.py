"""Tests inference: windows in any order, unobserved ends, groups of any size."""

import numpy as np
import pytest

from gated import parallel
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.windows import WindowSource
from gated.forecast.model import inference
from gated.forecast.model.inference import forecast_windows, memory_weights
from gated.forecast.model.season_references import REFERENCES, UNDATED
from gated.forecast.model.weights.pretrained import pretrained_network

LAYOUT = PatchLayout(7, 2)
NETWORK = pretrained_network(LAYOUT)


def source(unobserved: int = 0) -> WindowSource:
    """Three series of 90 steps; the last `unobserved` of the second are missing."""
    rng = np.random.default_rng(0)
    week = np.tile([1.0, 2, 3, 4, 5, 0, 0], 39)[: 3 * 90]
    values = week + 0.1 * rng.normal(size=270)
    if unobserved:
        values[180 - unobserved : 180] = np.nan
    nothing = np.zeros((270, 0), np.float32)
    return WindowSource(values, nothing, nothing, np.array([0, 90, 180, 270]), np.zeros(3), LAYOUT)


SERIES, CUTOFF = np.array([2, 0, 1]), np.array([90, 70, 90])


def test_windows_are_returned_in_the_requested_order() -> None:
    together = forecast_windows(NETWORK, source(30), SERIES, CUTOFF, 14)
    for place in range(3):
        one = slice(place, place + 1)
        alone = forecast_windows(NETWORK, source(30), SERIES[one], CUTOFF[one], 14)
        np.testing.assert_allclose(together[one], alone, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("points", [1, 20, 10**6])
def test_groups_of_any_size_give_equal_results(points: int, monkeypatch) -> None:
    expected = forecast_windows(NETWORK, source(), SERIES, CUTOFF, 14)
    monkeypatch.setattr(inference, "_POINTS_AT_ONCE", points)
    found = forecast_windows(NETWORK, source(), SERIES, CUTOFF, 14)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_groups_at_the_same_time_give_the_same_bits(monkeypatch) -> None:
    monkeypatch.setattr(inference, "_WINDOWS_AT_ONCE", 4)
    series, cutoff = np.tile(SERIES, 20), np.arange(40, 100)[::-1].clip(max=90)
    found = []
    for workers in (1, 2, 5):
        monkeypatch.setattr(parallel, "worker_count", lambda count=workers: count)
        found.append(forecast_windows(NETWORK, source(30), series, cutoff, 14))
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])


@pytest.mark.parametrize(("unobserved", "patches"), [(6, 0), (7, 1), (30, 4)])
def test_after_an_unobserved_end_the_forecast_begins_at_the_last_value(
    unobserved: int, patches: int
) -> None:
    series, cutoff = np.array([1]), np.array([90])
    found = forecast_windows(NETWORK, source(unobserved), series, cutoff, 14)
    earlier = forecast_windows(
        NETWORK, source(unobserved), series, cutoff - 7 * patches, 14 + 7 * patches
    )
    np.testing.assert_allclose(found, earlier[:, 7 * patches :], rtol=1e-4, atol=1e-4)
    weights, steps = memory_weights(NETWORK, source(unobserved), series, cutoff, 14)
    assert steps[weights > 1e-6].max() < 90 - unobserved
    np.testing.assert_allclose(weights.sum(-1), 1, rtol=1e-5)


def test_references_have_the_same_phase() -> None:
    weights, steps = memory_weights(NETWORK, source(), SERIES, CUTOFF, 14)
    assert weights.shape == steps.shape == (3, 14, REFERENCES)
    ahead = CUTOFF[:, None, None] + np.arange(14)[:, None]
    dated = steps > UNDATED // 2
    assert ((ahead - steps)[dated] % 7 == 0).all()


def test_a_series_without_any_value_has_a_finite_forecast() -> None:
    empty = source()
    empty.observed[90:180] = False
    empty.values[90:180] = 0
    assert np.isfinite(forecast_windows(NETWORK, empty, SERIES, CUTOFF, 5)).all()


def waves(*periods: int) -> WindowSource:
    """Series of 600 hours, each with another season length and a little noise."""
    steps, rng = np.arange(600), np.random.default_rng(0)
    values = [np.sin(2 * np.pi * steps / p) + 0.02 * rng.normal(size=600) for p in periods]
    rows = 600 * len(periods)
    nothing, offsets = np.zeros((rows, 0), np.float32), np.arange(0, rows + 1, 600)
    layout = PatchLayout(24, 2, 168.0)
    zero = np.zeros(len(periods))
    return WindowSource(np.concatenate(values), nothing, nothing, offsets, zero, layout)


def test_references_of_a_series_have_its_own_season_length() -> None:
    days = waves(24, 23, 25)
    series, cutoff = np.array([1, 0, 2, 1]), np.array([540, 540, 530, 60])
    seasons = days.seasons(series, cutoff).tolist()
    assert seasons == [23, 24, 25, 24]  # 60 hours are too few to contradict the clock
    found = forecast_windows(pretrained_network(days.layout), days, series, cutoff, 48)[..., 5]
    for place in range(3):
        came = days.values[600 * series[place] + cutoff[place] :][:48]
        assert np.abs(found[place] - came).mean() < 0.15
    _, steps = memory_weights(pretrained_network(days.layout), days, series[:1], cutoff[:1], 48)
    ahead = 540 + np.arange(48)[:, None]
    dated = steps[0] > UNDATED // 2
    assert ((ahead - steps[0])[dated] % 23 == 0).all()


def test_values_after_a_cutoff_do_not_change_its_season() -> None:
    days = waves(24, 23)
    days.values[600:1200] = np.concatenate([days.values[:240], days.values[600:960]])
    changed = np.array([1, 1])
    assert days.seasons(changed, np.array([240, 600])).tolist() == [24, 23]


@pytest.mark.parametrize("odd", ["trend", "noise", "constant", "missing", "walk"])
def test_no_season_is_invented(odd: str) -> None:
    rng, rows = np.random.default_rng(1), 40 * 600
    values = {
        "trend": np.arange(rows) / 100 + 0.01 * rng.normal(size=rows),
        "noise": rng.normal(size=rows),
        "constant": np.ones(rows),
        "missing": np.full(rows, np.nan),
        "walk": rng.normal(size=rows).cumsum(),
    }[odd]
    nothing, offsets = np.zeros((rows, 0), np.float32), np.arange(0, rows + 1, 600)
    days = WindowSource(values, nothing, nothing, offsets, np.zeros(40), PatchLayout(24, 2, 168.0))
    whole = np.full(40, 600)
    assert (days.seasons(np.arange(40), whole) == 24).all()
