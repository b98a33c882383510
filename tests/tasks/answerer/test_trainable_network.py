"""The network of answers on NumPy against that of torch, which learns."""

import numpy as np
import pytest
import torch

from gated.numeric import converted
from gated.tasks.answerer.examples import StoryBatch
from gated.tasks.answerer.network import StoryConfig, story_shapes
from gated.tasks.answerer.trainable_network import TrainableStoryNetwork
from gated.tasks.answerer.vocabulary import END

CONFIGS = [
    StoryConfig(12, 5, 8, 1, most_parts=4),
    StoryConfig(12, 5, 8, 3, 0.2, most_parts=4, word_memories=True),
]


def drawn(config: StoryConfig) -> TrainableStoryNetwork:
    torch.manual_seed(0)
    made = TrainableStoryNetwork(config)
    for array in (*made.parameters(), *made.buffers()):
        array.data += 0.2 * torch.rand_like(array)
    with torch.no_grad():
        made.encoder.embed.weight[0] = 0  # the vector of padding stays zero
    return made.eval()


@pytest.fixture
def batch() -> StoryBatch:
    random = np.random.default_rng(0)
    sentences = random.integers(1, 12, (5, 4))
    sentences[2, 2:] = 0
    story = random.integers(0, 5, (3, 6))
    mask = np.arange(6) < np.array([[6], [2], [4]])
    return StoryBatch(sentences, story, mask, random.integers(1, 12, (2, 3)), np.array([0, 1, 0]))


@pytest.mark.parametrize("config", CONFIGS)
def test_arrays_and_tensors_give_the_same_logits(config, batch) -> None:
    module, answers = drawn(config), np.array([[3, END, -100], [1, 2, END], [END, -100, -100]])
    for cut in (answers, answers[:, :1]):
        with torch.no_grad():
            tensors = converted(batch, torch.from_numpy)
            expected = module.now().logits(tensors, torch.from_numpy(cut))
        found = module.frozen().logits(batch, cut)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("config", CONFIGS)
def test_the_answers_are_the_most_probable_parts(config, batch) -> None:
    network = drawn(config).frozen()
    begin, gates = network.read(batch)
    assert [each.update.shape for each in gates] == [(3, 6)] * config.num_layers
    found = network.answers(begin)
    logits = network.logits(batch, found.parts) / network.temperature
    log_probs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    total = np.zeros(3)
    for row, parts in enumerate(found.parts):
        for place, part in enumerate(parts):
            assert part == logits[row, place].argmax()
            total[row] += log_probs[row, place, part]
            if part == END:
                break
    np.testing.assert_allclose(found.log_probs, total, rtol=1e-4)
    less_sure = network.answers(begin, 10.0)
    assert (less_sure.log_probs < found.log_probs).all()


@pytest.mark.parametrize("config", CONFIGS)
def test_the_listed_arrays_are_those_of_the_module(config) -> None:
    module = drawn(config)
    found = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    assert story_shapes(config) == found
    weights = sum(parameter.numel() for parameter in module.parameters())
    assert module.frozen().weight_count == weights


def test_the_vector_of_padding_does_not_learn(batch) -> None:
    module = drawn(CONFIGS[1]).train()
    module.losses(
        converted(batch, torch.from_numpy), torch.tensor([[1], [2], [0]])
    ).sum().backward()
    gradient = module.encoder.embed.weight.grad
    assert not gradient[0].any()
    assert gradient[1:].any()
