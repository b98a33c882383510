"""Tests the season memory: its references, their weights, and no look-ahead."""

import numpy as np
import pytest
import torch

from gated.forecast.data.patching import RECENT, PatchLayout
from gated.forecast.data.windows import Window, WindowSource
from gated.forecast.model.season_memory import SeasonMemory
from gated.forecast.model.season_references import LONG, PLAIN, REFERENCES, UNDATED
from gated.forecast.model.window_scaler import WindowHistory, WindowScaler

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
    return source.cut(torch.tensor([0]), torch.tensor([cutoff]))


def recall(window: Window, covariates: int = 0, dense: int = 1, change=None):
    """The result of an untrained memory, and the scale of the values."""
    torch.manual_seed(0)
    memory = SeasonMemory(8, 3, covariates, covariates)
    if change is not None:
        with torch.no_grad():
            change(memory)
    past = WindowHistory(window.values.flatten(1), window.visible.flatten(1), window.layout.patch)
    origins = window.origins(dense)
    start = window.read.start * window.layout.patch
    scale = WindowScaler.fit(past, start, int(origins[0]), origins)
    leads = torch.arange(1, window.layout.leads + 1)
    state = torch.randn(1, dense, len(leads), 8)
    return memory(past, scale, window, origins, leads, state), scale


def test_the_untrained_memory_is_a_recency_weighted_mean_of_the_same_phase() -> None:
    season = np.array([1.0, 5.0, 3.0])
    found, scale = recall(window_of(LAYOUT, np.tile(season, 12), cutoff=18))
    forecast = scale.inverse_transform(found.base)[0, 0]
    expected = torch.from_numpy(np.stack([season, season])).float()
    torch.testing.assert_close(forecast, expected, atol=0.5, rtol=0)
    torch.testing.assert_close(found.weights.sum(-1), torch.ones(1, 1, 2, 3))
    older = found.weights[0, 0, 0, 0, 1:5] / found.weights[0, 0, 0, 0, :4]
    torch.testing.assert_close(older, torch.full((4,), -0.3).exp())


def only(reference: int):
    """A change that gives one reference, shifted to the current level, all the weight."""

    def change(memory: SeasonMemory) -> None:
        memory.prior.fill_(-50.0)
        memory.prior[reference] = 50.0
        memory.lift.weight.zero_()
        memory.lift.bias.copy_(torch.tensor([-50.0, 50.0, -50.0]))

    return change


def test_past_seasons_are_shifted_to_the_current_level() -> None:
    stairs = np.tile([1.0, 5.0, 3.0], 8) + np.repeat(np.arange(8) * 10.0, 3)
    found, scale = recall(window_of(LAYOUT, stairs, cutoff=18), change=only(3))
    torch.testing.assert_close(
        scale.inverse_transform(found.base)[0, 0, 0], torch.tensor([51.0, 55.0, 53.0])
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
    torch.testing.assert_close(
        scale.inverse_transform(found.base)[0, 0, 0], torch.full((3,), 107.0)
    )


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
    torch.testing.assert_close(forecast, torch.arange(18.0, 24.0), rtol=0.01, atol=0.01)
    assert (found.steps[..., -PLAIN:] == UNDATED).all()


def test_unobserved_points_have_no_weight() -> None:
    values = np.tile([1.0, 5.0, 3.0], 12)
    values[15] = np.nan  # the newest value of phase 0
    found, _ = recall(window_of(LAYOUT, values, cutoff=18))
    assert found.weights[0, 0, 0, 0, 0] < 1e-6
    assert found.weights[0, 0, 0, 1, 0] > 0.2


def test_points_with_other_covariates_have_smaller_weights() -> None:
    def careful(memory: SeasonMemory) -> None:
        memory.sensitivity.fill_(1.0)

    values, covariate = np.tile([1.0, 5.0, 3.0], 12), np.zeros(36)
    same, _ = recall(window_of(LAYOUT, values, 18, covariate), covariates=1, change=careful)
    covariate[15] = 3.0
    other, _ = recall(window_of(LAYOUT, values, 18, covariate), covariates=1, change=careful)
    assert other.weights[0, 0, 0, 0, 0] < 0.01 * same.weights[0, 0, 0, 0, 0]
    torch.testing.assert_close(other.contrast[0, 0, 0, 1:, 0], torch.zeros(2))


@pytest.mark.parametrize("layout", [LAYOUT, YEARLY])
@pytest.mark.parametrize("dense", [1, 3])
def test_no_origin_uses_later_values(layout: PatchLayout, dense: int) -> None:
    values, cutoff = np.random.default_rng(0).normal(size=90), 60
    first, _ = recall(window_of(layout, values, cutoff), dense=dense)
    for origin in range(dense):
        changed = values.copy()
        changed[cutoff - (dense - 1 - origin) * 3 :] = 1e3
        second, _ = recall(window_of(layout, changed, cutoff), dense=dense)
        torch.testing.assert_close(first.base[:, origin], second.base[:, origin])


def test_a_window_without_any_past_stays_finite() -> None:
    found, _ = recall(window_of(YEARLY, np.full(60, np.nan), 45))
    assert found.base.isfinite().all()
    assert found.spread.isfinite().all()
    assert found.weights.shape[-1] == REFERENCES
