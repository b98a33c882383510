"""Tests that weights of older networks are converted without a change of their forecasts."""

import pytest
import torch

from gated.forecast.data.patching import RECENT
from gated.forecast.model.older_weights import NEVER, converted
from gated.forecast.model.pretrained import untrained_network
from gated.forecast.model.season_references import LONG, PLAIN

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
def old() -> dict[str, torch.Tensor]:
    """Weights of the shapes of an older network, random where they were converted."""
    generator = torch.Generator().manual_seed(0)
    weights = untrained_network(8, 1).state_dict()
    del weights["memory.lift_long.weight"], weights["memory.lift_long.bias"]
    for name, shape in OLD_SHAPES.items():
        weights[name] = torch.randn(shape, generator=generator)
    return weights


def test_every_weight_gets_its_present_shape(old) -> None:
    network = untrained_network(8, 1)
    network.load_state_dict(converted(old))
    assert set(converted(old)) == set(network.state_dict())


def test_new_references_and_ways_have_no_weight(old) -> None:
    new = converted(old)
    assert (new["memory.prior"][25:] == NEVER).all()
    assert (new["memory.lift.bias"][3:] == NEVER).all()
    assert new["memory.lift_long.bias"].softmax(0)[0] == 1
    torch.testing.assert_close(new["memory.out.bias"][29:], old["memory.out.bias"][25:])


def test_columns_of_older_inputs_stay_with_their_inputs(old) -> None:
    before, after = old["memory.other.weight"], converted(old)["memory.other.weight"]
    plain = slice(LONG, LONG + 5)
    torch.testing.assert_close(after[:, plain], before[:, plain])
    visible = slice(LONG + PLAIN, LONG + PLAIN + LONG)
    torch.testing.assert_close(after[:, visible], before[:, LONG + 5 : LONG + 5 + LONG])
    assert (converted(old)["memory.recent.weight"][:, 3 * RECENT :] == 0).all()


def test_present_weights_are_not_changed() -> None:
    weights = untrained_network(8, 1).state_dict()
    assert all(converted(weights)[name] is value for name, value in weights.items())
