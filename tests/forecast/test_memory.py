"""The season memory: which past it looks at, how it weighs it, and that it never looks ahead."""

import numpy as np
import pytest
import torch

from gated.forecast.memory import SeasonMemory, candidate_lags
from gated.forecast.windows import Layout, Window, WindowSource

LAYOUT = Layout(patch=3, context=4, recent=3, long_season=0, leads=2)
YEARLY = Layout(patch=3, context=4, recent=3, long_season=5, leads=2)


def window_of(
    layout: Layout, values: np.ndarray, cutoff: int, covariate: np.ndarray | None = None, **options
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
    return source.cut(torch.tensor([0]), torch.tensor([cutoff]), **options)


def recall(layout: Layout, window: Window, covariates: int = 0, dense: int = 1):
    torch.manual_seed(0)
    memory = SeasonMemory(layout, 8, covariates)
    state = torch.randn(1, dense, layout.leads, 8)
    return memory(window.values * window.seen, window, state)


def test_untrained_it_is_a_recency_weighted_mean_of_the_same_phase() -> None:
    season = np.array([1.0, 5.0, 3.0])
    window = window_of(LAYOUT, np.tile(season, 8), cutoff=18)
    found = recall(LAYOUT, window)
    # On a series that only repeats itself, any weighted past is that season.
    expected = torch.from_numpy(np.stack([season, season])).float()
    torch.testing.assert_close(found.base[0, 0], expected)
    torch.testing.assert_close(found.weights.sum(3), torch.ones(1, 1, 2, 3))
    older = found.weights[0, 0, 0, 1:, 0] / found.weights[0, 0, 0, :-1, 0]
    torch.testing.assert_close(older, torch.full((2,), -0.3).exp())


def test_past_seasons_are_lifted_to_todays_level() -> None:
    stairs = np.tile([1.0, 5.0, 3.0], 8) + np.repeat(np.arange(8) * 10.0, 3)
    layout = LAYOUT
    torch.manual_seed(0)
    memory = SeasonMemory(layout, 8, 0)
    with torch.no_grad():
        memory.level.bias.fill_(50.0)  # the gate fully open: lift all the way
    window = window_of(layout, stairs, cutoff=18)
    found = memory(window.values * window.seen, window, torch.zeros(1, 1, 2, 8))
    torch.testing.assert_close(found.base[0, 0, 0], torch.tensor([51.0, 55.0, 53.0]))


def test_a_year_ago_carries_last_years_rise_over() -> None:
    # Level 0 in the first cycle of 5 patches, 100 in the second; the 4th patch of each peaks.
    patches = np.zeros((12, 3))
    patches[3] += 7
    patches[5:] += 100
    patches[8] += 7
    layout = Layout(patch=3, context=3, recent=1, long_season=5, leads=1)
    torch.manual_seed(0)
    memory = SeasonMemory(layout, 8, 0)
    with torch.no_grad():
        memory.level.bias.fill_(50.0)
        memory.ask.bias.copy_(torch.tensor([-50.0, -50.0, 50.0, -50.0]))  # exactly a cycle ago
    window = window_of(layout, patches.reshape(-1), cutoff=8 * 3)
    found = memory(window.values * window.seen, window, torch.zeros(1, 1, 1, 8))
    torch.testing.assert_close(found.base[0, 0, 0], torch.full((3,), 107.0))


def test_unobserved_points_weigh_nothing() -> None:
    values = np.tile([1.0, 5.0, 3.0], 8)
    values[15] = np.nan  # the newest value of phase 0
    found = recall(LAYOUT, window_of(LAYOUT, values, cutoff=18))
    assert found.weights[0, 0, 0, 0, 0] < 1e-4
    assert found.weights[0, 0, 0, 0, 1] > 0.3
    expected = torch.tensor([1.0, 5.0, 3.0])
    torch.testing.assert_close(found.base[0, 0, 0], expected, atol=0.01, rtol=0)


def test_points_with_other_covariates_weigh_less() -> None:
    values = np.tile([1.0, 5.0, 3.0], 8)
    covariate = np.zeros(24)
    covariate[15] = 3.0
    same = recall(LAYOUT, window_of(LAYOUT, values, 18, np.zeros(24)), covariates=1)
    other = recall(LAYOUT, window_of(LAYOUT, values, 18, covariate), covariates=1)
    assert other.weights[0, 0, 0, 0, 0] < 0.01 * same.weights[0, 0, 0, 0, 0]
    torch.testing.assert_close(other.contrast[0, 0, 0, 1:, 0], torch.zeros(2))


def test_a_stale_table_is_remembered_from_its_last_observed_season() -> None:
    values = np.arange(24.0)
    window = window_of(LAYOUT, values, 18, stale=torch.tensor([2]))
    found = recall(LAYOUT, window)
    begins = (found.where[0, 0, 0] - window.read.stop) * 3 + 18
    assert begins.tolist() == [9, 6, 3]  # the newest seen patch is rows 9..11


def test_lags_of_leads_beyond_a_long_season_reach_back_another_cycle() -> None:
    layout = Layout(patch=1, context=2, recent=1, long_season=3, leads=7)
    lags, levels = candidate_lags(layout)
    # lag + 1 + lead is the distance to the target: cycle ± 1 patch
    distance = lags[:, 1:] + 1 + torch.arange(7)[:, None]
    assert distance[0].tolist() == [2, 3, 4]
    assert distance[3].tolist() == [5, 6, 7]
    assert distance[6].tolist() == [8, 9, 10]
    assert (lags >= 0).all()
    assert levels.max() <= layout.reach


@pytest.mark.parametrize("layout", [LAYOUT, YEARLY])
@pytest.mark.parametrize("dense", [1, 3])
def test_no_origin_looks_past_itself(layout: Layout, dense: int) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=60)
    cutoff = 45
    first = recall(layout, window_of(layout, values, cutoff), dense=dense)
    for origin in range(dense):
        changed = values.copy()
        changed[cutoff - (dense - 1 - origin) * 3 :] = 1e3
        second = recall(layout, window_of(layout, changed, cutoff), dense=dense)
        torch.testing.assert_close(first.base[:, origin], second.base[:, origin])


def test_a_window_without_any_past_stays_finite() -> None:
    found = recall(YEARLY, window_of(YEARLY, np.full(30, np.nan), 15))
    assert torch.isfinite(found.base).all()
    assert torch.isfinite(found.deviation).all()
