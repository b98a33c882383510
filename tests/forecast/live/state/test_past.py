"""Rings of the newest values: growth, gaps, late values, parts and unions."""

import numpy as np
import pytest

from gated.forecast.live.state.past import Past, Steps

DAY = np.timedelta64(1, "D")


def _past(rows: int = 70, series: int = 2) -> Past:
    ids = np.array([f"s{place}" for place in range(series)], dtype=object)
    return Past(rows, ids, np.full(series, np.datetime64("2021-01-01", "ns")))


def _steps(series: list[int], step: list[int], y: list[float]) -> Steps:
    ds = np.datetime64("2021-01-02", "ns") + np.array(step) * DAY
    closed = np.zeros(len(y), dtype=bool)
    return Steps(np.array(series), np.array(step), ds, np.array(y, dtype=float), closed)


@pytest.mark.parametrize("block", [1, 7, 50, 300])
def test_the_newest_values_are_kept_in_order(block):
    past = _past()
    for start in range(0, 300, block):
        step = list(range(start, min(start + block, 300)))
        past.put(_steps([0] * len(step), step, [float(one) for one in step]))
    values, closed, offsets = past.newest(np.array([0, 1]))
    assert values.tolist() == list(range(230, 300))
    assert offsets.tolist() == [0, 70, 70]
    assert not closed.any()
    assert past.length.tolist() == [300, 0]
    assert past.last[0] == np.datetime64("2021-01-02", "ns") + 299 * DAY
    assert past.facts.observed.tolist() == [300, 0]


def test_steps_without_a_value_are_not_observed_also_in_used_cells():
    past = _past(rows=64)
    past.put(_steps([0] * 100, list(range(100)), [1.0] * 100))
    past.put(_steps([0], [130], [2.0]))
    values, _, _ = past.newest(np.array([0]))
    assert values[-1] == 2.0
    assert np.isnan(values[-31:-1]).all()
    assert (values[:33] == 1.0).all()


def test_a_late_value_does_not_move_the_end():
    past = _past()
    past.put(_steps([0, 0, 1], [0, 5, 0], [1.0, 6.0, 9.0]))
    past.put(_steps([0], [3], [4.0]))
    values, _, _ = past.newest(np.array([0]))
    np.testing.assert_array_equal(values, [1, np.nan, np.nan, 4, np.nan, 6])
    assert past.length.tolist() == [6, 1]


def test_parts_and_unions_are_copies():
    past = _past()
    past.put(_steps([0, 1], [0, 0], [1.0, 2.0]))
    more = _past(series=1)
    more.put(_steps([0] * 70, list(range(70)), [3.0] * 70))
    whole = past.joined(more).part(np.array([2, 0]))
    assert whole.ids.tolist() == ["s0", "s0"]
    assert whole.length.tolist() == [70, 1]
    whole.put(_steps([1], [1], [5.0]))
    assert past.newest(np.array([0]))[0].tolist() == [1.0]
    assert whole.newest(np.array([1]))[0].tolist() == [1.0, 5.0]
