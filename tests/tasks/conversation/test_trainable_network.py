"""The network of a conversation on NumPy against that of torch, which learns."""

import numpy as np
import pytest
import torch

from gated.numeric import converted
from gated.tasks.conversation.network import ConversationConfig, Turns, conversation_shapes
from gated.tasks.conversation.trainable_network import TrainableConversationNetwork
from gated.tasks.network.trainable_model import tensors_of

CONFIG = ConversationConfig(12, 30, 8, 2, 0.2)


@pytest.fixture
def module() -> TrainableConversationNetwork:
    torch.manual_seed(0)
    made = TrainableConversationNetwork(CONFIG)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter += 0.1 * torch.rand_like(parameter)
        made.words.embed.weight[0] = made.grams.weight[0] = 0  # padding
    return made.eval()


@pytest.fixture
def turns() -> Turns:
    random = np.random.default_rng(0)
    words, grams = random.integers(1, 12, (5, 4)), random.integers(1, 30, (5, 7))
    words[1, 2:], grams[3, 1:] = 0, 0
    return Turns(words, grams)


def test_arrays_and_tensors_give_the_same_scores(module, turns) -> None:
    network, now = module.frozen(), module.now()
    places = np.array([[0, 1, 2], [3, 4, 0]])
    state = network.initial_state(2)
    u, after = network.read(network.turns(turns)[places], state)
    found = network.scores(u, network.replies(turns))
    with torch.no_grad():
        given = converted(turns, torch.from_numpy)
        x = now.turns(given)[torch.from_numpy(places)]
        expected, last = now.read(x, tensors_of(now.initial_state(2)))
        scores = now.scores(expected, now.replies(given))
    assert found.dtype == np.float32
    assert found.shape == (2, 3, 5)
    np.testing.assert_allclose(found, scores, rtol=1e-5, atol=2e-6)
    for name, value in last.items():
        np.testing.assert_allclose(after[name], value, rtol=1e-5, atol=2e-6)


def test_some_turns_have_no_columns_of_padding(turns) -> None:
    some = turns.rows(np.array([1, 3]))
    assert (some.words.shape, some.grams.shape) == ((2, 4), (2, 7))
    assert turns.rows(np.array([1])).words.shape == (1, 2)
    assert turns.rows(np.array([3])).grams.shape == (1, 1)


def test_the_listed_weights_are_those_of_the_module(module) -> None:
    found = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    assert conversation_shapes(CONFIG) == found
    weights = sum(parameter.numel() for parameter in module.parameters())
    assert module.frozen().weight_count == weights


def test_padding_does_not_learn(module, turns) -> None:
    now = module.train().now()
    now.replies(converted(turns, torch.from_numpy)).square().sum().backward()
    for table in (module.words.embed.weight, module.grams.weight):
        assert not table.grad[0].any()
        assert table.grad[1:].any()
