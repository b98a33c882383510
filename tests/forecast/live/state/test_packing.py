"""Values in the smallest type that holds them exactly."""

import numpy as np
import pytest

from gated.forecast.live.state.packing import arrays_of, states_of
from gated.forecast.live.state.past import Past, Steps
from gated.forecast.live.state.states import States


def _states(values: np.ndarray) -> States:
    past = Past(200, np.array(["a"], dtype=object), np.array([0]))
    steps = np.flatnonzero(np.isfinite(values))
    closed = values[steps] == 0
    zeros = np.zeros(len(steps), dtype=np.int64)
    past.put(Steps(zeros, steps, steps + 1, values[steps], closed))
    return States.of(past, 7)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([1.0, np.nan, 0.0, 100.0]), "int8"),
        (np.array([1.0, -300.0]), "int16"),
        (np.array([2e9]), "int32"),
        (np.array([0.5, np.nan, 0.25]), "float32"),
        (np.array([0.1, 1.0]), "float64"),
        (np.array([1e300]), "float64"),
        (np.array([-0.0, 1.0]), "float32"),
    ],
)
def test_values_come_back_exactly_from_the_smallest_type(values, kind):
    states = _states(values)
    arrays = arrays_of(states)
    assert arrays["values"].dtype == kind
    again = states_of(arrays, states.past.ids, 200, 7, dated=False)
    before, after = (part.past.newest(np.array([0])) for part in (states, again))
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
        assert (np.signbit(one) == np.signbit(other)).all()
    assert again.past.facts.zeros.tolist() == states.past.facts.zeros.tolist()


def test_arrays_that_do_not_fit_are_refused():
    states = _states(np.arange(9.0))
    for name in arrays_of(states):
        arrays = arrays_of(states)
        arrays[name] = np.concatenate([arrays[name].reshape(-1), arrays[name].reshape(-1), [1, 1]])
        with pytest.raises(ValueError, match=r"shape|flags"):
            states_of(arrays, states.past.ids, 200, 7, dated=False)
