"""Defines the network of an answerer: sentences, layers that reduce the query, and the answer.

x_t   the vector of a sentence (`gated.tasks.network.sentence_encoder`), with what the other
      sentences say about its words (`word_memory`)
q     the vector of the question; q_t^0 = q at every sentence
q_t^{k+1} = norm(q_t^k + f_t^k + b_t^k)     a layer of `reduction`
m     the memory after the last sentence, of the last layer
s_0   = norm(W [m, q])                      the answer, part by part:
p_i   = softmax(V s_i),  s_{i+1} = GRU(A[part i], s_i)
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array, IntArray
from gated.numeric import (
    Parameters,
    Shapes,
    clip,
    linear_shapes,
    namespace,
    norm_shapes,
    primitives,
)
from gated.ops.arrays import gru_states
from gated.tasks.answerer.examples import StoryBatch
from gated.tasks.answerer.layers.reduction import (
    ReductionGates,
    both_ways,
    last_memory,
    layer_shapes,
    read_layer,
)
from gated.tasks.answerer.layers.word_memory import (
    WordsOfStories,
    memory_shapes,
    passed_shares,
    with_memories,
)
from gated.tasks.answerer.vocabulary import END
from gated.tasks.network.sentence_encoder import encoded, encoder_shapes

__all__ = ["MOST_PARTS", "Answers", "StoryConfig", "StoryNetwork", "story_shapes"]

MOST_PARTS = 256
"""Parts of an answer at most, with its end."""

Floats = NDArray[np.float32]
Follow: TypeAlias = Callable[[Array, Array], Array]
"""Computes the states [B, L, H] of the GRU from inputs [B, L, H] and the state before, [B, H]."""

_TEMPERATURE, _UNKNOWN_TEMPERATURE = "temperature", "unknown_temperature"
_GRU = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


@dataclass(frozen=True)
class StoryConfig:
    """The sizes of a network.

    Attributes:
        words: numbers of words, with `PADDING` and `UNKNOWN`.
        parts: numbers of parts of answers, with `END`.
        hidden_size: H.
        num_layers: of the reduction.
        dropout: in training, of sentences, question and memory.
        most_parts: of an answer, with its end.
        word_memories: whether sentences are read with the memories of their words; networks of
            older files have none.
    """

    words: int
    parts: int
    hidden_size: int
    num_layers: int
    dropout: float = 0.0
    most_parts: int = MOST_PARTS
    word_memories: bool = False

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Answers:
    """The answers of B examples.

    Attributes:
        parts: [B, L] numbers of parts; `END` behind each answer that ends.
        log_probs: [B] of the whole answers, with the temperature.
    """

    parts: IntArray
    log_probs: NDArray[np.float64]


class StoryNetwork:
    """Reads stories and questions, and gives answers part by part.

    The weights are arrays of NumPy; in training they are tensors, and so are the results.

    Args:
        config: the sizes.
        arrays: by name, as `story_shapes` lists them.
        follow: the GRU of the parts of an answer; by default that over arrays of NumPy.
        drop: dropout in training.
    """

    def __init__(
        self,
        config: StoryConfig,
        arrays: Mapping[str, Array],
        follow: Follow | None = None,
        drop: Callable[[Array], Array] | None = None,
    ) -> None:
        self.config, self.arrays = config, dict(arrays)
        self._weights = Parameters(self.arrays)
        self._follow = self._array_states if follow is None else follow
        self._drop = _kept if drop is None else drop

    @property
    def temperature(self) -> float:
        """Of the probabilities of answers."""
        return float(self.arrays[_TEMPERATURE])

    @property
    def unknown_temperature(self) -> float:
        """Of the probabilities of answers to questions with unknown words."""
        return float(self.arrays[_UNKNOWN_TEMPERATURE])

    @property
    def weight_count(self) -> int:
        """The number of weights that the training changed."""
        constants = (_TEMPERATURE, _UNKNOWN_TEMPERATURE)
        return sum(each.size for name, each in self.arrays.items() if name not in constants)

    def encoded(self, words: Array) -> Array:
        """[N, H] the vectors of sentences or questions of words [N, W]."""
        return encoded(self._weights.part("encoder"), words)

    def logits(self, batch: StoryBatch, answers: Array) -> Array:
        """[B, L, P] the logits of each part of the answers, given the true parts before it.

        Args:
            batch: the stories and questions.
            answers: [B, L] int64 the true parts.
        """
        first, _ = self.read(batch)
        states, before = first[:, None], clip(answers[:, :-1], END)
        if before.shape[1]:
            later = self._follow(self._parts(before), first)
            states = namespace(first).concat([states, later], axis=1)
        return self._weights.linear("output", states)

    def read(self, batch: StoryBatch) -> tuple[Array, list[ReductionGates]]:
        """[B, H] the state s_0 from which the answer begins, and the gates of each layer."""
        x = self._drop(self.encoded(batch.sentences))[batch.story]
        asked = self._drop(self.encoded(batch.questions))[batch.question]
        words = self.words_of(batch.sentences, batch.story, batch.mask)
        return self.reduce(self.recalled(x, words), asked, batch.mask)

    def words_of(self, sentences: Array, story: Array, mask: Array) -> WordsOfStories | None:
        """The words of stories, as `WordsOfStories.of`; None for a network without memories."""
        has_memories = self.config.word_memories
        return WordsOfStories.of(sentences, story, mask) if has_memories else None

    def recalled(self, x: Array, words: WordsOfStories | None) -> Array:
        """[B, T, H] encoded sentences with the memories of their words."""
        if words is None:
            return x
        return with_memories(self._weights.part("memories"), x, words, self._vectors(words))

    def passed_on(self, x: Array, words: WordsOfStories | None, weights: Array) -> Array:
        """[B, T] what the memories of words pass on from each sentence; see `passed_shares`.

        Args:
            x, words: as in `recalled`.
            weights: [B, T] of the sentences.
        """
        if words is None:
            return namespace(weights).zeros_like(weights)
        own = self._weights.part("memories")
        return passed_shares(own, x, words, self._vectors(words), weights)

    def reduce(self, x: Array, asked: Array, mask: Array) -> tuple[Array, list[ReductionGates]]:
        """Read encoded sentences [B, T, H] with encoded questions [B, H]; see `read`."""
        xp, weights = namespace(x), self._weights
        q, found = xp.broadcast_to(asked[:, None], x.shape), []
        for index in range(self.config.num_layers):
            gates, candidate = read_layer(weights.part(f"layers.{index}"), x, q, mask)
            found.append(gates)
            if index + 1 < self.config.num_layers:
                q = weights.layer_norm(f"norms.{index}", q + both_ways(gates, candidate))
        memory = last_memory(gates, candidate)
        joined = weights.linear("begin.0", self._drop(xp.concat([memory, asked], axis=1)))
        return weights.layer_norm("begin.1", joined), found

    def answers(self, begin: Floats, temperature: float | None = None) -> Answers:
        """The most probable part after each other, over arrays of NumPy.

        Answers that do not end within `most_parts` are cut there.

        Args:
            begin: [B, H] s_0.
            temperature: of the probabilities; by default that of known words.
        """
        temperature = self.temperature if temperature is None else temperature
        state, log_probs = begin, np.zeros(len(begin))
        is_open = np.ones(len(begin), dtype=bool)
        parts: list[IntArray] = []
        while len(parts) < self.config.most_parts and is_open.any():
            scores = self._weights.linear("output", state) / np.float32(temperature)
            scores = primitives(scores).log_softmax(scores.astype(np.float64))
            chosen = scores.argmax(1)
            log_probs += np.where(is_open, scores[np.arange(len(scores)), chosen], 0.0)
            parts.append(np.where(is_open, chosen, END))
            is_open &= chosen != END
            state = self._follow(self._parts(chosen[:, None]), state)[:, -1]
        return Answers(np.stack(parts, 1), log_probs)

    def _parts(self, numbers: Array) -> Array:
        """[B, L, H] the vectors A of parts."""
        table = self._weights["part.weight"]
        return primitives(table).rows(table, numbers)

    def _vectors(self, words: WordsOfStories) -> Array:
        """[V, H] the vectors of words."""
        table = self._weights["encoder.embed.weight"]
        return primitives(table).rows(table, words.words)

    def _array_states(self, inputs: Floats, state: Floats) -> Floats:
        return gru_states([self._weights[f"follow.{name}"] for name in _GRU], inputs, state)


def story_shapes(config: StoryConfig) -> Shapes:
    """The name and the shape of every array of a network, as the trainable one has them.

    >>> story_shapes(StoryConfig(9, 4, 8, 1))["output.weight"]
    (4, 8)
    """
    size = config.hidden_size
    shapes: Shapes = {
        **encoder_shapes("encoder", config.words, size),
        **linear_shapes("begin.0", 2 * size, size),
        **norm_shapes("begin.1", size),
        "part.weight": (config.parts, size),
        **{f"follow.weight_{side}_l0": (3 * size, size) for side in ("ih", "hh")},
        **{f"follow.bias_{side}_l0": (3 * size,) for side in ("ih", "hh")},
        **linear_shapes("output", size, config.parts),
        _TEMPERATURE: (),
        _UNKNOWN_TEMPERATURE: (),
    }
    if config.word_memories:
        shapes |= memory_shapes("memories", size)
    for index in range(config.num_layers):
        shapes |= layer_shapes(f"layers.{index}", size)
    for index in range(config.num_layers - 1):
        shapes |= norm_shapes(f"norms.{index}", size)
    return shapes


def _kept(x: Array) -> Array:
    """Dropout outside of training."""
    return x
