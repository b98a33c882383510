"""The memories of words: the products of matrices against the recurrence step by step."""

import numpy as np
import pytest
import torch
from torch.nn.functional import logsigmoid

from gated.numeric import Parameters
from gated.tasks.answerer.layers import word_memory
from gated.tasks.answerer.layers.word_memory import WordsOfStories, passed_shares, with_memories
from gated.tasks.answerer.trainable_network import MemoryWeights

SIZE, VOCABULARY = 5, 9
# Rows of the second story end with padding; 1 is an unknown word.
SENTENCES = torch.tensor([[2, 3, 4], [3, 5, 0], [6, 1, 0], [2, 5, 5], [7, 1, 0], [8, 0, 0]])
STORY = torch.tensor([[0, 1, 2, 3, 1, 4, 0], [3, 5, 2, 0, 0, 0, 0]])
MASK = torch.tensor([[True] * 7, [True] * 4 + [False] * 3])


def weights_of(memories: MemoryWeights) -> Parameters:
    return Parameters(dict(memories.named_parameters()))


def by_steps(memories, x, vectors):
    """x' of each story, with a memory for each word in a dictionary."""
    numbers = sorted(set(SENTENCES.flatten().tolist()) - {0, 1})
    kept = logsigmoid(memories.update(x))[..., 0].clamp(min=word_memory._LEAST_LOG).exp()
    read = dict(zip(numbers, memories.reset(vectors)[:, 0].sigmoid(), strict=True))
    found = torch.zeros_like(x)
    for row in range(len(x)):
        steps = [t for t in range(x.shape[1]) if MASK[row, t]]
        for order, candidate in ((steps, memories.ahead), (steps[::-1], memories.back)):
            held = {word: torch.zeros(SIZE, dtype=x.dtype) for word in numbers}
            for t in order:
                words = set(SENTENCES[STORY[row, t]].tolist()) - {0, 1}
                new = candidate(x[row, t]).tanh()
                for word in sorted(words):
                    found[row, t] = found[row, t] + read[word] * held[word]
                    held[word] = kept[row, t] * held[word] + new
    return memories.norm(x + found / (1 + (found**2).mean(-1, keepdim=True)).sqrt())


@pytest.fixture
def given():
    torch.manual_seed(0)
    memories = MemoryWeights(SIZE).double()
    with torch.no_grad():
        memories.update.weight.mul_(9)  # some gates overwrite as much as they can
    x = torch.randn(2, 7, SIZE, dtype=torch.float64, requires_grad=True)
    vectors = torch.randn(VOCABULARY - 2, SIZE, dtype=torch.float64, requires_grad=True)
    return memories, x, vectors


@pytest.mark.parametrize("part", [1, 3, 128])
def test_it_is_the_recurrence_in_values_and_gradients(given, part, monkeypatch):
    monkeypatch.setattr(word_memory, "_PART", part)
    memories, x, vectors = given
    words = WordsOfStories.of(SENTENCES, STORY, MASK)
    assert words.words.tolist() == [2, 3, 4, 5, 6, 7, 8]
    fast, slow = (
        with_memories(weights_of(memories), x, words, vectors),
        by_steps(memories, x, vectors),
    )
    torch.testing.assert_close(fast[MASK], slow[MASK])
    direction = torch.randn_like(fast) * MASK[..., None]
    inputs = [x, vectors, *memories.parameters()]
    ours = torch.autograd.grad((fast * direction).sum(), inputs)
    theirs = torch.autograd.grad((slow * direction).sum(), inputs)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("part", [2, 128])
def test_arrays_and_tensors_give_the_same_memories(given, part, monkeypatch):
    monkeypatch.setattr(word_memory, "_PART", part)
    memories, x, vectors = given
    words = WordsOfStories.of(SENTENCES, STORY, MASK)
    own = WordsOfStories.of(SENTENCES.numpy(), STORY.numpy(), MASK.numpy())
    np.testing.assert_array_equal(own.words, words.words)
    np.testing.assert_array_equal(own.occurs, words.occurs)
    arrays = Parameters({n: value.detach().numpy() for n, value in memories.named_parameters()})
    given = (x.detach().numpy(), own, vectors.detach().numpy())
    expected = with_memories(weights_of(memories), x, words, vectors)
    np.testing.assert_allclose(with_memories(arrays, *given), expected.detach())
    shares = torch.rand(2, 7) * MASK
    passed = passed_shares(weights_of(memories), x, words, vectors, shares)
    np.testing.assert_allclose(passed_shares(arrays, *given, shares.numpy()), passed.detach())


@pytest.mark.parametrize("part", [2, 128])
def test_the_shares_are_the_weights_of_the_candidates(given, part, monkeypatch):
    """With candidates of 1, the memories that are read are the sums of the weights."""
    monkeypatch.setattr(word_memory, "_PART", part)
    memories, x, vectors = given
    words, weights = WordsOfStories.of(SENTENCES, STORY, MASK), torch.rand(2, 7) * MASK
    found = passed_shares(weights_of(memories), x, words, vectors, weights)
    log_kept, read = word_memory._gates(weights_of(memories), x, vectors)
    for row in range(2):
        for source in range(7):
            one = torch.zeros(2, 7, 1, dtype=torch.float64)
            one[row, source] = 1
            ahead = word_memory._passed(log_kept, words, one, reads=read)
            back = word_memory._passed(log_kept.flip(1), words.reversed(), one.flip(1), reads=read)
            expected = ((ahead + back.flip(1))[row, :, 0] * weights[row]).sum()
            torch.testing.assert_close(found[row, source], expected)


def test_ten_thousand_sentences_stay_finite(given):
    memories, _, vectors = given
    with torch.no_grad():
        memories.update.bias.fill_(-50)  # the smallest share is kept
        story = torch.zeros(1, 10_000, dtype=torch.int64)
        words = WordsOfStories.of(SENTENCES[:1], story, story == 0)
        x = torch.randn(1, 10_000, SIZE, dtype=torch.float64)
        found = with_memories(weights_of(memories), x, words, vectors[:3])
    assert bool(found.isfinite().all())


def test_a_story_without_known_words(given):
    memories, x, _ = given
    words = WordsOfStories.of(torch.tensor([[1, 0]]), torch.zeros(2, 7, dtype=torch.int64), MASK)
    found = with_memories(weights_of(memories), x, words, torch.zeros(0, SIZE, dtype=torch.float64))
    torch.testing.assert_close(found, memories.norm(x))
