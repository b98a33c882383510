"""Tests the season memory: its references, their weights, and no look-ahead."""

import numpy as np
import pytest
import torch

from gated.forecast.data.patching import RECENT, PatchLayout
from gated.forecast.data.windows import Window, WindowSource
from gated.forecast.model.season_memory import season_memory
from gated.forecast.model.season_references import LONG, PLAIN, REFERENCES, UNDATED
from gated.forecast.model.trainable_network import _MemoryWeights
from gated.forecast.model.window_scaler import WindowHistory, WindowScaler
from gated.numeric import Parameters

LAYOUT = PatchLayout(patch=3, leads=2, context=5)
YEARLY = PatchLayout(patch=3, leads=2, long_season=16.0, context=5)


def window_of(
    layout: PatchLayout, values: np.ndarray, cutoff: int, covariate: np.ndarray | None = None
) -> Window:
    extra = np.zeros((len(values), 0)) if covariate is None else covariate[:, None]
    source = WindowSource(
        values.astype(np.float32),
        extra.astype(np.float32),
        np.zeros((len(values), 0), np.float32),
        np.array([0, len(values)]),
        np.zeros(1, np.float32),
        layout,
    )
    return source.cut(np.array([0]), np.array([cutoff]))


def recall(window: Window, covariates: int = 0, dense: int = 1, change=None):
    """The result of an untrained memory, and the scale of the values."""
    torch.manual_seed(0)
    state = _MemoryWeights(8, covariates, covariates).state_dict()
    weights = {name: tensor.numpy() for name, tensor in state.items()}
    if change is not None:
        change(weights)
    values, visible = (part.reshape(1, -1) for part in (window.values, window.visible))
    past = WindowHistory(values, visible, window.layout.patch)
    origins = window.origins(dense)
    start = window.read.start * window.layout.patch
    scale = WindowScaler.fit(past, start, int(origins[0]), origins)
    leads = np.arange(1, window.layout.leads + 1)
    decoded = np.random.default_rng(0).normal(size=(1, dense, len(leads), 8)).astype(np.float32)
    memory = season_memory(Parameters(weights), past, scale, window, origins, leads, decoded)
    return memory, scale


def test_the_untrained_memory_is_a_recency_weighted_mean_of_the_same_phase() -> None:
    season = np.array([1.0, 5.0, 3.0])
    found, scale = recall(window_of(LAYOUT, np.tile(season, 12), cutoff=18))
    forecast = scale.inverse_transform(found.base)[0, 0]
    np.testing.assert_allclose(forecast, np.stack([season, season]), atol=0.5, rtol=0)
    np.testing.assert_allclose(found.weights.sum(-1), np.ones((1, 1, 2, 3)), rtol=1.3e-6)
    older = found.weights[0, 0, 0, 0, 1:5] / found.weights[0, 0, 0, 0, :4]
    np.testing.assert_allclose(older, np.full(4, np.exp(-0.3)), rtol=1e-5)


def only(reference: int, way: int = 1, long_way: int = 0):
    """A change that gives all the weight to one reference, shifted in one way; by default by the
    rise of the level."""

    def change(weights: dict[str, np.ndarray]) -> None:
        weights["prior"][:] = -50.0
        weights["prior"][reference] = 50.0
        weights["lift.weight"][:] = 0
        weights["lift.bias"][:] = -50.0
        weights["lift.bias"][way] = 50.0
        weights["lift_long.weight"][:] = 0
        weights["lift_long.bias"][:] = -50.0
        weights["lift_long.bias"][long_way] = 50.0

    return change


def test_past_seasons_are_shifted_to_the_current_level() -> None:
    stairs = np.tile([1.0, 5.0, 3.0], 8) + np.repeat(np.arange(8) * 10.0, 3)
    found, scale = recall(window_of(LAYOUT, stairs, cutoff=18), change=only(3))
    np.testing.assert_allclose(
        scale.inverse_transform(found.base)[0, 0, 0], [51.0, 55.0, 53.0], rtol=1.3e-6, atol=1e-5
    )


def test_a_reference_of_last_year_includes_its_rise() -> None:
    # Level 0 in the first cycle of 5 patches, 100 in the second; the 4th patch of each peaks.
    patches = np.zeros((12, 3))
    patches[3] += 7
    patches[5:] += 100
    patches[8] += 7
    layout = PatchLayout(patch=3, leads=1, long_season=15.0, context=3)
    window = window_of(layout, patches.reshape(-1), cutoff=8 * 3)
    found, scale = recall(window, change=only(RECENT))
    np.testing.assert_allclose(
        scale.inverse_transform(found.base)[0, 0, 0], np.full(3, 107.0), rtol=1.3e-6, atol=1e-5
    )


NONE, RISE, CARRIED, GROWTH, CARRIED_GROWTH, USUAL = range(6)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (NONE, [1.0, 5.0, 3.0]),
        (RISE, [4.0, 8.0, 6.0]),
        (GROWTH, [2.0, 10.0, 6.0]),
        (CARRIED_GROWTH, [4.0, 20.0, 12.0]),
    ],
)
def test_the_season_before_the_last_is_shifted_in_several_ways(
    way: int, expected: list[float]
) -> None:
    """The level doubles with every season, and the season grows along."""
    values = np.outer(2.0 ** np.arange(-5, 3), [1.0, 5.0, 3.0]).reshape(-1)
    window = window_of(LAYOUT, values, cutoff=21)  # the last two seasons are × 1 and × 2
    found, scale = recall(window, change=only(1, way))
    forecast = scale.inverse_transform(found.base)[0, 0, 0]
    np.testing.assert_allclose(forecast, expected, rtol=1e-3, atol=1e-2)


def test_a_series_with_negative_values_is_shifted_by_a_sum_instead_of_a_factor() -> None:
    values = np.outer(2.0 ** np.arange(8), [1.0, 5.0, 3.0]).reshape(-1) - 20
    grown, risen = (
        recall(window_of(LAYOUT, values, cutoff=21), change=only(2, way))[0].base
        for way in (GROWTH, RISE)
    )
    np.testing.assert_allclose(grown, risen, rtol=1.3e-6, atol=1e-5)


def test_an_odd_last_season_does_not_change_the_usual_level() -> None:
    values = np.tile([11.0, 15.0, 13.0], 8)
    values[15:18] -= 9  # the last season before the cutoff
    window = window_of(LAYOUT, values, cutoff=18)
    usual, scale = recall(window, change=only(1, USUAL))
    np.testing.assert_allclose(
        scale.inverse_transform(usual.base)[0, 0, 0], [11.0, 15.0, 13.0], rtol=1.3e-6, atol=1e-5
    )
    pulled, _ = recall(window, change=only(1, RISE))
    np.testing.assert_allclose(
        scale.inverse_transform(pulled.base)[0, 0, 0], [2.0, 6.0, 4.0], rtol=1.3e-6, atol=1e-5
    )


@pytest.mark.parametrize(
    ("way", "expected"),
    [(0, 200.0 + 10), (1, 100.0 + 10), (2, 2 * (100.0 + 10)), (3, 100.0 + 10)],
    ids=["rise", "none", "growth", "usual rise"],
)
def test_a_long_season_is_shifted_in_several_ways(way: int, expected: float) -> None:
    """The last season before the cutoff is odd: twice the level of all others."""
    patches = np.full((18, 3), 100.0)
    patches[2::8] += 10  # a peak in every long season of eight patches
    patches[9] = 200.0
    layout = PatchLayout(patch=3, leads=1, long_season=24.0, context=3)
    window = window_of(layout, patches.reshape(-1), cutoff=10 * 3)
    found, scale = recall(window, change=only(RECENT, long_way=way))
    np.testing.assert_allclose(
        scale.inverse_transform(found.base)[0, 0, 0], np.full(3, expected), rtol=1.3e-6, atol=1e-5
    )


def test_growth_is_extrapolated_as_a_factor() -> None:
    values = 100 * 1.02 ** np.arange(30.0)
    window = window_of(LAYOUT, values, cutoff=18)
    found, scale = recall(window, change=only(RECENT + LONG + 5))
    forecast = scale.inverse_transform(found.base)[0, 0].flatten()
    np.testing.assert_allclose(forecast, values[18:24], rtol=2e-3, atol=0.1)


def test_the_weekday_and_the_date_of_a_year_ago_are_two_references() -> None:
    layout = PatchLayout(patch=3, leads=1, long_season=16.0, context=3)
    found, _ = recall(window_of(layout, np.arange(60.0), cutoff=30))
    back = window_of(layout, np.arange(60.0), cutoff=30).layout.rows_before
    dated = found.steps[0, 0, 0, RECENT : RECENT + LONG] - back
    assert dated.tolist() == [-15, -16, -33, -32, -48, -48]


def test_a_drift_is_extrapolated_and_has_no_step() -> None:
    window = window_of(LAYOUT, np.arange(30.0), cutoff=18)
    found, scale = recall(window, change=only(RECENT + LONG + 2))
    forecast = scale.inverse_transform(found.base)[0, 0].flatten()
    np.testing.assert_allclose(forecast, np.arange(18.0, 24.0), rtol=0.01, atol=0.01)
    assert (found.steps[..., -PLAIN:] == UNDATED).all()


def test_unobserved_points_have_no_weight() -> None:
    values = np.tile([1.0, 5.0, 3.0], 12)
    values[15] = np.nan  # the newest value of phase 0
    found, _ = recall(window_of(LAYOUT, values, cutoff=18))
    assert found.weights[0, 0, 0, 0, 0] < 1e-6
    assert found.weights[0, 0, 0, 1, 0] > 0.2


def test_points_with_other_covariates_have_smaller_weights() -> None:
    def careful(weights: dict[str, np.ndarray]) -> None:
        weights["sensitivity"][:] = 1.0

    values, covariate = np.tile([1.0, 5.0, 3.0], 12), np.zeros(36)
    same, _ = recall(window_of(LAYOUT, values, 18, covariate), covariates=1, change=careful)
    covariate[15] = 3.0
    other, _ = recall(window_of(LAYOUT, values, 18, covariate), covariates=1, change=careful)
    assert other.weights[0, 0, 0, 0, 0] < 0.01 * same.weights[0, 0, 0, 0, 0]
    np.testing.assert_allclose(other.contrast[0, 0, 0, 1:, 0], np.zeros(2), atol=1e-5)


@pytest.mark.parametrize("layout", [LAYOUT, YEARLY])
@pytest.mark.parametrize("dense", [1, 3])
def test_no_origin_uses_later_values(layout: PatchLayout, dense: int) -> None:
    values, cutoff = np.random.default_rng(0).normal(size=90), 60
    first, _ = recall(window_of(layout, values, cutoff), dense=dense)
    for origin in range(dense):
        changed = values.copy()
        changed[cutoff - (dense - 1 - origin) * 3 :] = 1e3
        second, _ = recall(window_of(layout, changed, cutoff), dense=dense)
        np.testing.assert_allclose(
            first.base[:, origin], second.base[:, origin], rtol=1.3e-6, atol=1e-5
        )


def test_a_window_without_any_past_stays_finite() -> None:
    found, _ = recall(window_of(YEARLY, np.full(60, np.nan), 45))
    assert np.isfinite(found.base).all()
    assert np.isfinite(found.spread).all()
    assert found.weights.shape[-1] == REFERENCES
