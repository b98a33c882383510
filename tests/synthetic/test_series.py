"""Synthetic series: seeds, finite values, and the properties of each part."""

import pytest
import torch

from gated.synthetic import Seasonality, draw_mask, draw_series
from gated.synthetic.draws import Draws, unit_std
from gated.synthetic.effects import EFFECTS, spikes
from gated.synthetic.noise import SPECTRA, coloured, cycle_noise, modulation, white
from gated.synthetic.seasons import (
    PROFILES,
    drifting_cycle,
    evolving_season,
    odd_seasons,
    profile,
    season,
    weekday_effects,
)
from gated.synthetic.structural import structural
from gated.synthetic.time_axis import TimeAxis
from gated.synthetic.trends import TRENDS, compound_growth, price_path, trend
from gated.synthetic.year import annual_cycle, closures, holidays

SEASONALITIES = [
    Seasonality(24, 168),
    Seasonality(48, 336),
    Seasonality(7, 365.25),
    Seasonality(5, 260.9, random_walk_share=0.4),
    Seasonality(4, 365.25 / 7, has_season=False),
    Seasonality(12),
    Seasonality(4, has_season=False),
    Seasonality(13, 65.0),
    Seasonality(12, 130.0, cycle=130.0, growth_share=0.3),
    Seasonality(12, structural_share=0.4),
    Seasonality(4, 365.25 / 7, has_season=False, structural_share=0.5),
]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def draws(count: int = 64, seed: int = 0) -> Draws:
    return Draws(count, seeded(seed))


@pytest.mark.parametrize("seasonality", SEASONALITIES, ids=str)
def test_series_are_finite_and_the_same_for_the_same_seed(seasonality: Seasonality) -> None:
    length = int(3 * max(seasonality.long_season, 10 * seasonality.season_length))
    first, again, other = (draw_series(seasonality, 32, length, seeded(s)) for s in (1, 1, 2))
    assert first.shape == (32, length)
    assert first.dtype == torch.float32
    assert first.isfinite().all()
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("count", [1, 2, 8])
@pytest.mark.parametrize("length", [8, 30])
def test_small_batches_and_short_series(count: int, length: int) -> None:
    for seasonality in SEASONALITIES:
        assert draw_series(seasonality, count, length, seeded()).shape == (count, length)


def test_every_kind_of_noise_has_its_spectrum() -> None:
    for kind in SPECTRA:
        assert coloured(draws(), 500, kind).std(1).sub(1).abs().max() < 0.01
    rough = {
        kind: float(coloured(draws(), 500, kind).diff(dim=1).square().mean()) for kind in SPECTRA
    }
    assert rough["smooth"] < rough["rational_quadratic"] < rough["autoregression"]


def test_white_noise_is_white_and_a_modulation_is_positive() -> None:
    noise = unit_std(white(draws(200), 400))
    assert (noise[:, 1:] * noise[:, :-1]).mean(1).abs().mean() < 0.1
    assert (modulation(draws(), 300) > 0).all()


def test_every_profile_is_one_season_of_mean_zero() -> None:
    for kind in PROFILES:
        for steps in (4, 7, 24, 96):
            shape = profile(draws(), steps, kind)
            assert shape.shape == (64, steps)
            assert shape.mean(1).abs().max() < 1e-4


def test_a_season_repeats() -> None:
    axis = TimeAxis(Seasonality(12), 240, draws())
    shape, level = season(draws(500), axis)
    alike = torch.stack([torch.corrcoef(row.view(20, 12))[0, 1] for row in shape[:60]])
    assert alike.nan_to_num(1).median() > 0.95
    assert not level.any()  # without a week, days have no level


def test_an_evolving_season_changes_from_one_to_the_next() -> None:
    axis = TimeAxis(Seasonality(12), 600, draws())
    shapes = evolving_season(draws(300), axis).view(300, 50, 12)
    centred = shapes - shapes.mean(2, keepdim=True)
    alike = torch.nn.functional.cosine_similarity
    next_one = alike(centred[:, 1:], centred[:, :-1], dim=2).mean(1)
    far_off = alike(centred[:, 20:], centred[:, :-20], dim=2).mean(1)
    assert next_one.median() > 0.5
    assert (next_one > far_off).float().mean() > 0.9


def test_a_cycle_has_its_mean_period_and_drifts() -> None:
    wave = cycle_noise(draws(200), 4096, 40.0)
    strength = torch.fft.rfft(wave).abs().square().mean(0)
    assert abs(4096 / int(strength.argmax()) - 40) < 2
    assert (strength > 0.2 * strength.max()).sum() > 3
    axis = TimeAxis(Seasonality(12, 130.0, cycle=130.0), 900, draws())
    assert not axis.seasonality.has_week
    assert not axis.seasonality.has_year
    assert drifting_cycle(draws(100), axis).isfinite().all()


def test_only_whole_seasons_are_odd() -> None:
    axis = TimeAxis(Seasonality(7), 700, draws())
    before = profile(draws(50), 7)[:, axis.phase]
    changed = odd_seasons(draws(50), before, axis) != before
    by_season = [changed[:, axis.season_number == n].any(1) for n in axis.season_number.unique()]
    share = torch.stack(by_season).float().mean()
    assert 0.01 < share < 0.2


def test_growth_is_nearly_constant() -> None:
    growth = compound_growth(draws(500), torch.linspace(0, 1, 120)[None])
    assert growth[:, -1].min() > -5
    assert 0.5 < growth[:, -1].median() < 1.2
    rates = growth.diff(dim=1)
    assert (rates[:, :60].mean(1) - rates[:, 60:].mean(1)).abs().median() < 0.01


def test_most_series_are_positive_and_some_are_not() -> None:
    drawn = draw_series(Seasonality(12), 400, 300, seeded())
    positive = (drawn.amin(1) >= 0).float().mean()
    assert 0.6 < positive < 0.95


def test_days_of_rest_are_adjacent() -> None:
    level, rest = weekday_effects(draws(400), 7)
    assert level.shape == rest.shape == (400, 7)
    assert ((rest >= 0) & (rest <= 1)).all()
    resting = (rest > 0) & (rest == rest.amax(1, keepdim=True))
    few = resting.sum(1)
    assert ((few <= 2) | (few == 7) | (rest.std(1) > 0)).all()


def test_no_trend_is_constant() -> None:
    time = torch.linspace(0, 1, 200)[None]
    for name, (share, kind) in TRENDS.items():
        assert 0 < share < 1
        assert kind(draws(), time).std() > 0, name
    assert trend(draws(200), time[0]).shape == (200, 200)
    prices = price_path(draws(300), 400)
    # The steps of a price are almost uncorrelated.
    steps = prices.diff(dim=1)
    steps = unit_std(steps - steps.mean(1, keepdim=True))
    assert (steps[:, 1:] * steps[:, :-1]).mean().abs() < 0.2


def test_a_year_has_a_cycle_holidays_and_closures() -> None:
    seasonality = Seasonality(7, 365.25)
    axis = TimeAxis(seasonality, 1500, draws())
    cycle = annual_cycle(draws(300), axis)
    year = 1461  # four years are whole days
    torch.testing.assert_close(cycle[:, :39], cycle[:, year : year + 39], atol=1e-3, rtol=1e-3)
    strength = holidays(draws(300), axis)
    assert 0.3 < (strength.abs().amax(1) > 0).float().mean() < 0.7
    assert (strength != 0).float().mean() < 0.2
    assert ((closures(draws(), axis) > 0).float().mean(1) < 0.25).all()


def test_every_effect_has_its_properties() -> None:
    axis = TimeAxis(Seasonality(7, 365.25), 400, draws())
    y = torch.randn(64, 400, generator=seeded()).cumsum(1)
    changed = {name: effect(draws(), y, axis) for name, (_, effect) in EFFECTS.items()}
    assert all(found.shape == y.shape and found.isfinite().all() for found in changed.values())
    for name in ("counts", "intermittent", "rounded"):
        assert torch.equal(changed[name], changed[name].round())
    for name in ("counts", "intermittent", "rectified"):
        assert (changed[name] >= 0).all()
    assert (changed["intermittent"] == 0).float().mean() > 0.3
    assert (
        changed["clipped_below"] == changed["clipped_below"].amin(1, keepdim=True)
    ).float().mean() > 0.02
    assert (
        changed["clipped_above"] == changed["clipped_above"].amax(1, keepdim=True)
    ).float().mean() > 0.02
    assert (changed["closed_days"].view(64, 400)[:, axis.phase == 0] == 0).all(1).any()
    assert (changed["piecewise_constant"].diff(dim=1) == 0).float().mean() > 0.3
    spiked = spikes(draws(400), torch.randn(400, 200, generator=seeded()))
    assert spiked.abs().max() > 6


def test_masks_have_few_missing_values() -> None:
    observed = draw_mask(200, 300, seeded())
    assert set(observed.unique().tolist()) == {0.0, 1.0}
    assert 0.95 < observed.mean() < 1
    assert (observed.mean(1) == 1).float().mean() > 0.8


def test_series_with_low_noise_repeat_their_season_more_exactly() -> None:
    def change(share: float) -> float:
        """The median change from day to day, as a share of the spread."""
        seasonality = Seasonality(24, 168, low_noise_share=share)
        drawn = draw_series(seasonality, 400, 480, torch.Generator().manual_seed(1))
        apart = (drawn[:, 24:] - drawn[:, :-24]).abs().mean(1)
        return float((apart / (drawn.std(1) + 1e-6)).median())

    assert change(0.6) < 0.8 * change(0.05)


def test_structural_series_are_ruled_by_their_trend_however_short_they_are():
    """The rise of the level is most of the variance, also in the last tenth of a long series."""
    seasonality = Seasonality(4, has_season=False)
    d = draws(400)
    long = structural(d, TimeAxis(seasonality, 300, d))
    short = long[:, -30:]
    rise = (short[:, -1] - short[:, 0]).abs() / short.std(1)
    assert rise.median() > 1.5
    steps = short.diff(dim=1)
    steps = steps - steps.mean(1, keepdim=True)
    memory = (steps[:, 1:] * steps[:, :-1]).sum(1) / steps.square().sum(1)
    assert memory.quantile(0.75) > 0.05  # the slope lasts: half of M3's yearly series are above 0.1


def test_structural_series_repeat_their_season():
    d = draws(200)
    y = structural(d, TimeAxis(Seasonality(12), 120, d)).reshape(200, 10, 12)
    within = y - y.mean(2, keepdim=True)
    repeated = within.mean(1).var(1) / within.var((1, 2))
    assert repeated.median() > 0.3
