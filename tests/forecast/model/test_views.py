"""Tests the views of a series: equal on the same past where they should be, and averaged."""

from collections.abc import Sequence

import numpy as np
import pytest

from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.windows import Window, WindowSource
from gated.forecast.model import inference
from gated.forecast.model.inference import forecast_windows
from gated.forecast.model.network import NetworkOutput
from gated.forecast.model.views import PLAIN, VIEWS, available, averaged, forecast_views
from gated.forecast.model.weights.pretrained import pretrained_network

RNG = np.random.default_rng(0)


def source(values: np.ndarray, layout: PatchLayout) -> WindowSource:
    nothing = np.zeros((len(values), 0), np.float32)
    return WindowSource(values, nothing, nothing, np.array([0, len(values)]), np.zeros(1), layout)


WEEK = np.tile([1.0, 2, 3, 4, 5, 0, 0], 60) + 0.1 * RNG.normal(size=420)
DAYS = PatchLayout(7, 2, 365.25)
NETWORK = pretrained_network(DAYS)
SERIES, CUTOFF = np.array([0, 0]), np.array([420, 400])


def forecast_view(
    name: str, of: WindowSource, series: np.ndarray, cutoff: np.ndarray, h: int
) -> np.ndarray:
    return forecast_views([name], NETWORK, of, series, cutoff, h)[name]


def test_the_views_of_a_layout() -> None:
    assert available(PatchLayout(96, 1, 672.0), 10_000) == ("plain", "negated", "no long season")
    assert available(PatchLayout(12, 2), 600) == (
        *("plain", "negated", "two seasons", "three seasons"),
        "own cycle",
    )
    assert available(DAYS, 420)[0] == PLAIN
    assert "two seasons" not in available(PatchLayout(12, 2), 150)  # six patches of two years


@pytest.mark.parametrize("name", available(DAYS, 420))
def test_each_view_forecasts_the_same_steps(name: str) -> None:
    found = forecast_view(name, source(WEEK, DAYS), SERIES, CUTOFF, 10)
    assert found.shape == (2, 10, 11)
    assert (np.diff(found, axis=-1) >= 0).all()
    median = found[0, :, 5]
    np.testing.assert_allclose(median, np.tile([1.0, 2, 3, 4, 5, 0, 0], 2)[:10], atol=0.4)


def test_a_negated_view_is_the_negative_forecast_of_negative_values() -> None:
    view = forecast_view("negated", source(WEEK, DAYS), SERIES, CUTOFF, 10)
    direct = forecast_windows(NETWORK, source(-WEEK, DAYS), SERIES, CUTOFF, 10)
    np.testing.assert_allclose(view, -direct[..., ::-1], rtol=1e-5, atol=1e-5)


def test_no_view_reads_later_values() -> None:
    later = WEEK.copy()
    later[400:] = 1e3
    for name in available(DAYS, 420):
        one, other = (
            forecast_view(name, source(values, DAYS), SERIES[1:], CUTOFF[1:], 10)
            for values in (WEEK, later)
        )
        np.testing.assert_array_equal(one, other)


def test_a_cycle_is_read_as_the_long_season_where_there_is_one() -> None:
    time = np.arange(800)
    values = np.sin(2 * np.pi * time / 133) + 0.05 * RNG.normal(size=800)
    months = PatchLayout(12, 4)
    cases = [(values, True), (np.cumsum(RNG.normal(size=800)), False)]
    for past, has_cycle in cases:
        whole = source(past, months)
        one = np.array([0]), np.array([700]), 48
        plain, own = (forecast_view(name, whole, *one) for name in (PLAIN, "own cycle"))
        if not has_cycle:
            np.testing.assert_array_equal(own, plain)
            continue
        error = [np.abs(view[0, :, 5] - past[700:748]).mean() for view in (plain, own)]
        assert error[1] < error[0]


def test_the_mean_of_views_is_weighted() -> None:
    of = source(WEEK, DAYS)
    mean = averaged({PLAIN: 0.25, "negated": 0.75}, NETWORK, of, SERIES, CUTOFF, 10)
    parts = [forecast_view(name, of, SERIES, CUTOFF, 10) for name in (PLAIN, "negated")]
    np.testing.assert_allclose(mean, 0.25 * parts[0] + 0.75 * parts[1], rtol=1e-5, atol=1e-6)
    alone = averaged({PLAIN: 1.0}, NETWORK, of, SERIES, CUTOFF, 10)
    np.testing.assert_array_equal(alone, forecast_windows(NETWORK, of, SERIES, CUTOFF, 10))


def test_views_that_run_together_are_forecast_as_alone() -> None:
    of, names = source(WEEK, DAYS), available(DAYS, 420)
    together = forecast_views(names, NETWORK, of, SERIES, CUTOFF, 10)
    assert tuple(together) == names
    for name in names:
        alone = forecast_view(name, of, SERIES, CUTOFF, 10)
        np.testing.assert_allclose(together[name], alone, rtol=1e-5, atol=1e-6)


def test_windows_without_a_cycle_are_forecast_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wave = np.sin(2 * np.pi * np.arange(800) / 133) + 0.05 * RNG.normal(size=800)
    walk = np.cumsum(RNG.normal(size=800))
    nothing = np.zeros((2400, 0), np.float32)
    offsets = np.array([0, 800, 1600, 2400])
    values = np.concatenate([walk, wave, -walk])
    of = WindowSource(values, nothing, nothing, offsets, np.zeros(3), PatchLayout(12, 4))
    series, cutoff = np.array([2, 1, 0, 1]), np.array([700, 700, 690, 650])
    expected = {name: forecast_view(name, of, series, cutoff, 48) for name in (PLAIN, "own cycle")}
    counts: list[int] = []
    together = NETWORK.run_all

    def counted(windows: Sequence[Window]) -> list[NetworkOutput]:
        counts.extend(len(window.zero) for window in windows)
        return together(windows)

    monkeypatch.setattr(NETWORK, "run_all", counted)
    found = forecast_views([PLAIN, "own cycle"], NETWORK, of, series, cutoff, 48)
    assert sum(counts) == 4 + 2  # a view of cycles of its own for the two pasts of the wave
    for name, quantiles in expected.items():
        np.testing.assert_allclose(found[name], quantiles, rtol=1e-5, atol=1e-5)
    known = forecast_views(["own cycle"], NETWORK, of, series, cutoff, 48, found[PLAIN] + 1)
    np.testing.assert_array_equal(known["own cycle"][[0, 2]], found[PLAIN][[0, 2]] + 1)
    np.testing.assert_allclose(known["own cycle"][[1, 3]], found["own cycle"][[1, 3]], atol=1e-5)
    differs = [not np.allclose(*pair) for pair in zip(*found.values(), strict=True)]
    assert differs == [False, True, False, True]


def test_groups_of_batches_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    of, names = source(WEEK, DAYS), available(DAYS, 420)
    series, cutoff = np.zeros(9, dtype=int), np.arange(400, 409)
    expected = averaged(dict.fromkeys(names, 0.2), NETWORK, of, series, cutoff, 10)
    monkeypatch.setattr(inference, "_WINDOWS_AT_ONCE", 4)
    found = averaged(dict.fromkeys(names, 0.2), NETWORK, of, series, cutoff, 10)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_a_layout_of_several_seasons_drops_a_long_season_that_is_too_short() -> None:
    layout = VIEWS["three seasons"].layout(PatchLayout(24, 2, 120.0))
    assert layout == PatchLayout(72, 1, 0.0)
