"""Synthetic series: seeded, finite, and what each part says it is."""

import pytest
import torch

from gated.synthetic import Rhythm, draw_mask, draw_series
from gated.synthetic.draws import Draws, unit
from gated.synthetic.effects import EFFECTS, spikes
from gated.synthetic.noise import SPECTRA, coloured, modulation, white
from gated.synthetic.rhythm import Clock
from gated.synthetic.seasons import PROFILES, evolution, profile, season, week
from gated.synthetic.trends import TRENDS, trend, wandering
from gated.synthetic.year import course, feasts, spells

RHYTHMS = [
    Rhythm(24, 168),
    Rhythm(48, 336),
    Rhythm(7, 365.25),
    Rhythm(5, 260.9, wandering=0.4),
    Rhythm(4, 365.25 / 7, seasonal=False),
    Rhythm(12),
    Rhythm(4, seasonal=False),
    Rhythm(13, 65.0),
]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def draws(count: int = 64, seed: int = 0) -> Draws:
    return Draws(count, seeded(seed))


@pytest.mark.parametrize("rhythm", RHYTHMS, ids=str)
def test_series_are_finite_and_the_same_for_the_same_seed(rhythm: Rhythm) -> None:
    length = int(3 * max(rhythm.long_season, 10 * rhythm.season))
    first, again, other = (draw_series(rhythm, 32, length, seeded(s)) for s in (1, 1, 2))
    assert first.shape == (32, length)
    assert first.dtype == torch.float32
    assert first.isfinite().all()
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("count", [1, 2, 8])
@pytest.mark.parametrize("length", [8, 30])
def test_small_batches_and_short_series(count: int, length: int) -> None:
    for rhythm in RHYTHMS:
        assert draw_series(rhythm, count, length, seeded()).shape == (count, length)


def test_every_kind_of_noise_has_its_spectrum() -> None:
    for kind in SPECTRA:
        assert coloured(draws(), 500, kind).std(1).sub(1).abs().max() < 0.01
    rough = {
        kind: float(coloured(draws(), 500, kind).diff(dim=1).square().mean()) for kind in SPECTRA
    }
    assert rough["smooth"] < rough["rational_quadratic"] < rough["autoregression"]


def test_white_noise_is_white_and_a_modulation_is_positive() -> None:
    noise = unit(white(draws(200), 400))
    assert (noise[:, 1:] * noise[:, :-1]).mean(1).abs().mean() < 0.1
    assert (modulation(draws(), 300) > 0).all()


def test_every_profile_is_one_season_of_mean_zero() -> None:
    for kind in PROFILES:
        for steps in (4, 7, 24, 96):
            shape = profile(draws(), steps, kind)
            assert shape.shape == (64, steps)
            assert shape.mean(1).abs().max() < 1e-4


def test_a_season_comes_back() -> None:
    clock = Clock(Rhythm(12), 240, draws())
    shape, level = season(draws(500), clock)
    alike = torch.stack([torch.corrcoef(row.view(20, 12))[0, 1] for row in shape[:60]])
    assert alike.nan_to_num(1).median() > 0.95
    assert not level.any()  # a year of months has no days


def test_a_season_evolves_from_one_to_the_next() -> None:
    clock = Clock(Rhythm(12), 600, draws())
    shapes = evolution(draws(300), clock).view(300, 50, 12)
    centred = shapes - shapes.mean(2, keepdim=True)
    alike = torch.nn.functional.cosine_similarity
    next_one = alike(centred[:, 1:], centred[:, :-1], dim=2).mean(1)
    far_off = alike(centred[:, 20:], centred[:, :-20], dim=2).mean(1)
    assert next_one.median() > 0.5
    assert (next_one > far_off).float().mean() > 0.9


def test_days_of_rest_lie_beside_each_other() -> None:
    level, rest = week(draws(400), 7)
    assert level.shape == rest.shape == (400, 7)
    assert ((rest >= 0) & (rest <= 1)).all()
    resting = (rest > 0) & (rest == rest.amax(1, keepdim=True))
    few = resting.sum(1)
    assert ((few <= 2) | (few == 7) | (rest.std(1) > 0)).all()


def test_every_trend_goes_somewhere() -> None:
    time = torch.linspace(0, 1, 200)[None]
    for name, (share, kind) in TRENDS.items():
        assert 0 < share < 1
        assert kind(draws(), time).std() > 0, name
    assert trend(draws(200), time[0]).shape == (200, 200)
    walk = wandering(draws(300), 400)
    # The steps of a price tell next to nothing about each other.
    steps = walk.diff(dim=1)
    steps = unit(steps - steps.mean(1, keepdim=True))
    assert (steps[:, 1:] * steps[:, :-1]).mean().abs() < 0.2


def test_a_year_has_a_course_feasts_and_spells() -> None:
    rhythm = Rhythm(7, 365.25)
    clock = Clock(rhythm, 1500, draws())
    whole = course(draws(300), clock)
    year = 1461  # four years are whole days
    torch.testing.assert_close(whole[:, :39], whole[:, year : year + 39], atol=1e-3, rtol=1e-3)
    strength = feasts(draws(300), clock)
    assert 0.3 < (strength.abs().amax(1) > 0).float().mean() < 0.7
    assert (strength != 0).float().mean() < 0.2
    assert ((spells(draws(), clock) > 0).float().mean(1) < 0.25).all()


def test_every_effect_does_what_it_says() -> None:
    clock = Clock(Rhythm(7, 365.25), 400, draws())
    y = torch.randn(64, 400, generator=seeded()).cumsum(1)
    done = {name: effect(draws(), y, clock) for name, (_, effect) in EFFECTS.items()}
    assert all(found.shape == y.shape and found.isfinite().all() for found in done.values())
    for name in ("counts", "intermittent", "rounded"):
        assert torch.equal(done[name], done[name].round())
    for name in ("counts", "intermittent", "half_empty"):
        assert (done[name] >= 0).all()
    assert (done["intermittent"] == 0).float().mean() > 0.3
    assert (done["floored"] == done["floored"].amin(1, keepdim=True)).float().mean() > 0.02
    assert (done["capped"] == done["capped"].amax(1, keepdim=True)).float().mean() > 0.02
    assert (done["closed"].view(64, 400)[:, clock.phase == 0] == 0).all(1).any()
    assert (done["steps"].diff(dim=1) == 0).float().mean() > 0.3
    flat = spikes(draws(400), torch.randn(400, 200, generator=seeded()))
    assert flat.abs().max() > 6


def test_masks_miss_a_little() -> None:
    told = draw_mask(200, 300, seeded())
    assert set(told.unique().tolist()) == {0.0, 1.0}
    assert 0.95 < told.mean() < 1
    assert (told.mean(1) == 1).float().mean() > 0.8


def test_a_calm_table_repeats_itself_more_closely() -> None:
    def change(calm: float) -> float:
        """The median change from day to day, as a share of the spread."""
        rhythm = Rhythm(24, 168, calm=calm)
        drawn = draw_series(rhythm, 400, 480, torch.Generator().manual_seed(1))
        apart = (drawn[:, 24:] - drawn[:, :-24]).abs().mean(1)
        return float((apart / (drawn.std(1) + 1e-6)).median())

    assert change(0.6) < 0.8 * change(0.05)
