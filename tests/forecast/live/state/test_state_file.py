"""Files and bytes of states: the same forecasts after loading, small, and refused if damaged."""

import numpy as np
import pytest

from gated import Forecaster
from gated.errors import GatedError, ModelFileError, UsageError
from gated.forecast.live.live import Live
from tests.forecast.live.tables import H, daily, day, numbers, single, table, watched


def test_a_loaded_state_continues_to_the_same_bits(tmp_path):
    frame = table(["plain", "counts", "closed", "gaps"], 150)
    days = frame["ds"].unique()
    _, live = watched(frame[frame["ds"] <= days[130]])
    live.forecast()
    live.save(tmp_path / "shop.live")
    loaded = Live.load(tmp_path / "shop.live")
    rest = frame[frame["ds"] > days[130]]
    one, other = live.update(rest), loaded.update(rest)
    np.testing.assert_array_equal(one.probability, other.probability)
    assert (numbers(live.forecast()) == numbers(loaded.forecast())).all()
    assert loaded.options == live.options
    assert loaded.verdict == live.verdict
    assert loaded.refresh().verdict == live.refresh().verdict


def test_the_state_of_a_series_goes_to_another_live_state():
    frame = table(["plain", "counts"], 120)
    _, live = watched(frame)
    live.forecast()
    content = live.state_of("s1")
    assert len(content) < 16_384
    alone = live.only("s1")
    assert alone.ids.tolist() == ["s1"]
    live.update({"unique_id": "s1", "ds": day(115), "y": 7})
    restored = live.with_states({"s1": content})
    assert restored.ids.tolist() == ["s0", "s1"]
    assert (numbers(restored.forecast(series="s1")) == numbers(alone.forecast())).all()
    both = alone.with_states({"s0": live.state_of("s0")})
    assert both.ids.tolist() == ["s1", "s0"]
    assert (numbers(both.forecast(series="s0")) == numbers(live.forecast(series="s0"))).all()


def test_a_state_of_other_decisions_is_refused():
    content = single(120).state_of("a")
    with pytest.raises(ModelFileError, match="series `a`: belongs to other decisions"):
        single(110).with_states({"a": content})


def test_a_trained_network_is_taken_from_its_forecaster(tmp_path, fitted):
    live = fitted.watch()
    live.save(tmp_path / "x.live")
    loaded = Live.load(tmp_path / "x.live", model=fitted)
    assert (numbers(loaded.forecast()) == numbers(live.forecast())).all()
    with pytest.raises(UsageError, match="is not in the file"):
        Live.load(tmp_path / "x.live")
    with pytest.raises(UsageError, match="belongs to another model"):
        Live.load(tmp_path / "x.live", model=Forecaster(h=H).fit(daily("plain", 120)))


def test_damaged_files_are_refused_in_words(tmp_path):
    live, path = single(), tmp_path / "x.live"
    with pytest.raises(ModelFileError, match="there is no such file"):
        Live.load(path)
    live.save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for cut in (0, 1, 8, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(ModelFileError):
            Live.load(path)
    for place in rng.integers(0, len(whole), 60).tolist():
        changed = bytearray(whole)
        changed[place] ^= 0xFF
        path.write_bytes(bytes(changed))
        with pytest.raises(ModelFileError):
            Live.load(path)


def test_another_kind_of_bytes_is_refused(tmp_path):
    path = tmp_path / "x.live"
    path.write_bytes(single().state_of("a"))
    with pytest.raises(ModelFileError, match="expected a gated live state file, found state"):
        Live.load(path)


def test_labels_that_json_cannot_hold_are_refused(tmp_path):
    frame = daily("plain", 100).assign(unique_id=[(1, 2)] * 100)
    live = Forecaster().watch(frame, h=H)
    with pytest.raises(GatedError, match="of type tuple, which a file cannot store"):
        live.save(tmp_path / "x.live")
    assert not (tmp_path / "x.live").exists()
