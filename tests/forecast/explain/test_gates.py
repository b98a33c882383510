"""The gates of the recurrence over the past of a series."""

import numpy as np
import pandas as pd
import pytest

from gated.errors import UsageError
from gated.forecast import Forecaster
from gated.forecast.explain import SeriesGates
from tests.forecast.explain.tables import H, weekly


@pytest.fixture(scope="module")
def found() -> SeriesGates:
    (one,) = Forecaster().gates(weekly(), h=H)
    return one


def test_a_step_of_the_recurrence_is_a_week(found: SeriesGates) -> None:
    table = weekly()
    weeks = -(-len(table) // 7)
    assert (found.patch, found.noun, found.before) == (7, "day", 1)
    assert len(found.blocks) == 3
    for block in found.blocks:
        assert block.update.shape == block.reset.shape == block.state.shape == (weeks, 192)
    np.testing.assert_allclose(found.y[-len(table) :], table["y"])
    assert np.isnan(found.y[: -len(table)]).all()
    last = pd.Timestamp(table["ds"].iloc[-7])
    assert pd.Timestamp(found.ds[-1]) == last


def test_the_states_are_those_that_the_gates_give(found: SeriesGates) -> None:
    """h_t = z_t ⊙ h_{t−1} + (1 − z_t) ⊙ n_t has a candidate n_t between −1 and 1."""
    for block in found.blocks:
        z, h = (part.astype(np.float64) for part in (block.update, block.state))
        before = h[:-1]
        written = h[1:] - z[1:] * before
        assert (np.abs(written) <= (1 - z[1:]) + 1e-5).all()
        assert ((z >= 0) & (z <= 1)).all()


def test_half_lives_are_in_steps_of_the_table(found: SeriesGates) -> None:
    for block, lives in zip(found.blocks, found.half_lives, strict=True):
        mean_log = np.log(block.update.astype(np.float64)).mean(0)
        np.testing.assert_allclose(lives, 7 * np.log(0.5) / mean_log, rtol=1e-9)
    shares = found.half_life_shares()
    assert sum(share for _, share in shares) == pytest.approx(1)
    below = np.mean(np.concatenate(found.half_lives) < 7)
    assert shares[0] == ("below 7 days", pytest.approx(below))
    one = found.half_life_shares(0)
    assert one[0][1] == pytest.approx(np.mean(found.half_lives[0] < 7))


def test_sentences_name_the_extremes(found: SeriesGates) -> None:
    said = found.sentences
    assert said[0].startswith(f"The recurrence reads {len(found.ds)} steps of 7 days, from 20")
    kept = found.blocks[0].kept
    most = pd.Timestamp(found.ds[kept.argmax()]).date()
    assert f"most in the step from {most} ({100 * kept.max():.0f} %)" in said[1]
    assert "the median of 192 units" in said[1]
    assert len(said) == 5


def test_the_picture_has_the_values_above_the_gates(found: SeriesGates) -> None:
    svg = found.picture.svg(760)
    assert svg.index("<polyline") < svg.index("Block 1") < svg.index("Block 3")
    assert "days</text>" in svg
    text = str(found.picture)
    assert text.index("y") < text.index("Block 1")


def test_values_that_are_not_read_do_not_change_the_gates(found: SeriesGates) -> None:
    changed = weekly()
    changed.loc[changed.index[-1], "y"] *= 3
    (other,) = Forecaster().gates(changed, h=H)
    first, second = found.blocks[0].update, other.blocks[0].update
    assert not np.allclose(first[-1], second[-1])  # the last week was read


def test_a_short_series_with_a_gap() -> None:
    days = pd.date_range("2024-01-01", periods=40)
    short = pd.DataFrame({"ds": days, "y": np.arange(40.0)})
    short.loc[short.index[-14:-3], "y"] = np.nan
    (one,) = Forecaster().gates(short, h=7)
    assert np.isnan(one.y[-14:-3]).all()
    assert np.isfinite(one.y[-3:]).all()
    assert len(one.y) == 7 * len(one.ds)
    assert len(one.picture.svg(760)) > 1_000


def test_one_series_of_several() -> None:
    table = pd.concat([weekly().assign(unique_id=name) for name in "abcde"])
    model = Forecaster().fit(table)
    assert [one.label for one in model.gates(h=H)] == ["a", "c", "e"]
    assert [one.label for one in model.gates(series="b")] == ["b"]
    with pytest.raises(UsageError, match="no series"):
        model.gates(series="nobody")


def test_times_are_those_of_the_zone_of_the_table() -> None:
    hours = pd.date_range("2024-01-01", periods=240, freq="h", tz="America/New_York")
    table = pd.DataFrame({"ds": hours, "y": np.arange(240) % 24 + 1.0})
    (one,) = Forecaster().gates(table, h=24)
    assert pd.Timestamp(one.ds[0]) == hours[0].tz_localize(None)
    assert "from 2024-01-01 on" in one.sentences[0]
