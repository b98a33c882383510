"""Tests that weights of older networks are converted without a change of their forecasts."""

import numpy as np
import pytest

from gated.forecast.data.patching import RECENT
from gated.forecast.model.season_references import LONG, PLAIN
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.forecast.model.weights.older_weights import NEVER, converted
from gated.numeric.numpy_primitives import softmax

OLD_SHAPES = {
    "embed.0.weight": (8, 198),
    "memory.lift.weight": (3, 16),
    "memory.lift.bias": (3,),
    "memory.out.weight": (25 + 11, 96),
    "memory.out.bias": (25 + 11,),
    "memory.prior": (25,),
    "memory.recent.weight": (96, 42),
    "memory.other.weight": (96, 29),
}


@pytest.fixture
def old() -> dict[str, np.ndarray]:
    """Weights of the shapes of an older network, random where they were converted."""
    rng = np.random.default_rng(0)
    weights = dict(TrainableNetwork.untrained(8, 1).frozen().arrays)
    del weights["memory.lift_long.weight"], weights["memory.lift_long.bias"]
    for name, shape in OLD_SHAPES.items():
        weights[name] = rng.normal(size=shape).astype(np.float32)
    return weights


def test_every_weight_gets_its_present_shape(old) -> None:
    present = TrainableNetwork.untrained(8, 1).frozen().arrays
    found = converted(old)
    assert {name: (value.shape, value.dtype) for name, value in found.items()} == {
        name: (value.shape, value.dtype) for name, value in present.items()
    }


def test_new_references_and_ways_have_no_weight(old) -> None:
    new = converted(old)
    assert (new["memory.prior"][25:] == NEVER).all()
    assert (new["memory.lift.bias"][3:] == NEVER).all()
    assert softmax(new["memory.lift_long.bias"])[0] == pytest.approx(1, abs=1e-12)
    np.testing.assert_array_equal(new["memory.out.bias"][29:], old["memory.out.bias"][25:])


def test_columns_of_older_inputs_stay_with_their_inputs(old) -> None:
    before, after = old["memory.other.weight"], converted(old)["memory.other.weight"]
    plain = slice(LONG, LONG + 5)
    np.testing.assert_array_equal(after[:, plain], before[:, plain])
    visible = slice(LONG + PLAIN, LONG + PLAIN + LONG)
    np.testing.assert_array_equal(after[:, visible], before[:, LONG + 5 : LONG + 5 + LONG])
    assert (converted(old)["memory.recent.weight"][:, 3 * RECENT :] == 0).all()


def test_present_weights_are_not_changed() -> None:
    weights = TrainableNetwork.untrained(8, 1).frozen().arrays
    assert all(converted(weights)[name] is value for name, value in weights.items())
