"""Many windows at once: in any order, of any silence, in groups of any size."""

import numpy as np
import pytest

from gated.forecast import inference
from gated.forecast.inference import forecast_windows, recollect_windows
from gated.forecast.references import REFERENCES, UNDATED
from gated.forecast.shipped import shipped_network
from gated.forecast.windows import Layout, WindowSource

LAYOUT = Layout(7, 2)
NETWORK = shipped_network(LAYOUT)


def source(silent: int = 0) -> WindowSource:
    """Three series of 90 steps; the last `silent` of the second are missing."""
    rng = np.random.default_rng(0)
    week = np.tile([1.0, 2, 3, 4, 5, 0, 0], 39)[: 3 * 90]
    values = week + 0.1 * rng.normal(size=270)
    if silent:
        values[180 - silent : 180] = np.nan
    nothing = np.zeros((270, 0), np.float32)
    return WindowSource(values, nothing, nothing, np.array([0, 90, 180, 270]), np.zeros(3), LAYOUT)


SERIES, CUTOFF = np.array([2, 0, 1]), np.array([90, 70, 90])


def test_windows_come_back_in_the_order_they_were_asked_for() -> None:
    together = forecast_windows(NETWORK, source(30), SERIES, CUTOFF, 14)
    for place in range(3):
        one = slice(place, place + 1)
        alone = forecast_windows(NETWORK, source(30), SERIES[one], CUTOFF[one], 14)
        np.testing.assert_allclose(together[one], alone, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("points", [1, 20, 10**6])
def test_groups_of_any_size_give_the_same(points: int, monkeypatch) -> None:
    expected = forecast_windows(NETWORK, source(), SERIES, CUTOFF, 14)
    monkeypatch.setattr(inference, "_POINTS_AT_ONCE", points)
    found = forecast_windows(NETWORK, source(), SERIES, CUTOFF, 14)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("silent", "patches"), [(6, 0), (7, 1), (30, 4)])
def test_a_silent_end_is_forecast_from_where_something_was_seen(silent: int, patches: int) -> None:
    series, cutoff = np.array([1]), np.array([90])
    found = forecast_windows(NETWORK, source(silent), series, cutoff, 14)
    earlier = forecast_windows(
        NETWORK, source(silent), series, cutoff - 7 * patches, 14 + 7 * patches
    )
    np.testing.assert_allclose(found, earlier[:, 7 * patches :], rtol=1e-4, atol=1e-4)
    weights, steps = recollect_windows(NETWORK, source(silent), series, cutoff, 14)
    assert steps[weights > 1e-6].max() < 90 - silent
    np.testing.assert_allclose(weights.sum(-1), 1, rtol=1e-5)


def test_memories_keep_the_phase() -> None:
    weights, steps = recollect_windows(NETWORK, source(), SERIES, CUTOFF, 14)
    assert weights.shape == steps.shape == (3, 14, REFERENCES)
    ahead = CUTOFF[:, None, None] + np.arange(14)[:, None]
    dated = steps > UNDATED // 2
    assert ((ahead - steps)[dated] % 7 == 0).all()


def test_a_series_without_any_value_is_forecast_somehow() -> None:
    empty = source()
    empty.observed[90:180] = False
    empty.values[90:180] = 0
    assert np.isfinite(forecast_windows(NETWORK, empty, SERIES, CUTOFF, 5)).all()
