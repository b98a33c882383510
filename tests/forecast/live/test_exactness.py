"""A live forecast is that of the whole past again, at any cut of the rows."""

import numpy as np
import pandas as pd
import pytest

from gated import Forecaster
from tests.forecast.live.tables import H, daily, numbers, table, watched

KINDS = [
    ["plain"],
    ["counts", "plain", "gaps"],
    ["negative", "counts"],
    ["closed", "closed", "plain"],
]


def _fed(live, rows: pd.DataFrame, rng: np.random.Generator) -> None:
    """Give rows to a state in blocks of random sizes, in the order of time."""
    rows = rows.sort_values("ds", kind="stable").reset_index(drop=True)
    cuts = np.sort(rng.choice(len(rows), size=min(6, len(rows)), replace=False))
    for block in np.split(np.arange(len(rows)), cuts):
        if len(block):
            live.update(rows.iloc[block])


@pytest.mark.parametrize("kinds", KINDS, ids="-".join)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_forecast_is_that_of_the_whole_past_to_the_bit(kinds, seed):
    rng = np.random.default_rng(seed)
    frame = table(kinds, 200, seed)
    days = np.sort(frame["ds"].unique())
    model, live = watched(frame[frame["ds"] <= days[120]], adaptive=False)
    before = days[120]
    for cut in sorted(rng.choice(np.arange(130, 200), size=3, replace=False)):
        _fed(live, frame[(frame["ds"] > before) & (frame["ds"] <= days[cut])], rng)
        before = days[cut]
        again = model.predict(frame[frame["ds"] <= before], level=[80, 95])
        found = live.forecast(level=[80, 95])
        assert found["ds"].tolist() == again["ds"].tolist()
        assert (numbers(found) == numbers(again)).all()


@pytest.mark.parametrize("kind", ["plain", "counts"])
def test_a_past_that_is_longer_than_what_is_kept_gives_the_same_to_rounding(kind):
    frame = daily(kind, 4500)
    model, live = watched(frame[:400], adaptive=False)
    live.update(frame[400:3000])
    live.update(frame[3000:])
    assert live.rows < len(frame)
    again, found = numbers(model.predict(frame)), numbers(live.forecast())
    assert np.abs(found - again).max() <= 2e-6 * frame["y"].std()


def test_the_order_in_which_rows_come_does_not_matter():
    frame = table(["plain", "gaps"], 180)
    later = frame["ds"] > frame["ds"].unique()[130]
    _, one = watched(frame[~later])
    _, other = watched(frame[~later])
    one.update(frame[later])
    for _, block in frame[later].groupby("ds"):
        other.update(block[::-1])
    assert (numbers(one.forecast()) == numbers(other.forecast())).all()


def test_a_shorter_horizon_and_single_series_are_parts_of_the_table():
    frame = table(["plain", "negative", "closed"], 150)
    model, live = watched(frame, adaptive=False)
    alone = frame[frame["unique_id"] == "s1"]
    assert (numbers(live.forecast(series="s1")) == numbers(model.predict(alone))).all()
    short = live.forecast(3)
    assert len(short) == 9
    whole = live.forecast(H).groupby("unique_id").head(3)
    assert np.abs(short["gated"].to_numpy() - whole["gated"].to_numpy()).max() < 1e-3


def test_numbered_steps_and_hours_and_months():
    rng = np.random.default_rng(0)
    for freq, length in (("h", 500), ("MS", 70), (None, 150)):
        steps = np.arange(length)
        ds = steps if freq is None else pd.date_range("2020-01-01", periods=length, freq=freq)
        frame = pd.DataFrame({"ds": ds, "y": np.sin(steps / 3) + rng.normal(0, 0.2, length)})
        model = Forecaster(h=H).fit(frame[: length // 2])
        live = model.watch(adaptive=False)
        live.update(frame[length // 2 :])
        assert (numbers(live.forecast()) == numbers(model.predict(frame))).all(), freq
