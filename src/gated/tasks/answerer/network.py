"""Defines the network of an answerer: sentences, layers that reduce the query, and the answer.

x_t   the vector of a sentence (`gated.tasks.network.sentence_encoder`), with what the other
      sentences say about its words (`word_memory`)
q     the vector of the question; q_t^0 = q at every sentence
q_t^{k+1} = norm(q_t^k + f_t^k + b_t^k)     a layer of `reduction`
m     the memory after the last sentence, of the last layer
s_0   = norm(W [m, q])                      the answer, part by part:
p_i   = softmax(V s_i),  s_{i+1} = GRU(A[part i], s_i)
"""

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from gated.nn.dropout import Dropout
from gated.nn.layers import GRU
from gated.tasks.answerer.examples import IGNORED, StoryBatch
from gated.tasks.answerer.reduction import (
    ReductionGates,
    ReductionLayer,
    both_ways,
    last_memory,
)
from gated.tasks.answerer.vocabulary import END
from gated.tasks.answerer.word_memory import WordMemories, WordsOfStories
from gated.tasks.network.sentence_encoder import SentenceEncoder

__all__ = ["MOST_PARTS", "Answers", "StoryConfig", "StoryNetwork"]

MOST_PARTS = 256
"""Parts of an answer at most, with its end."""


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

    parts: Tensor
    log_probs: Tensor


class StoryNetwork(nn.Module):
    """Reads stories and questions, and gives answers part by part.

    Args:
        config: the sizes.
    """

    temperature: Tensor
    unknown_temperature: Tensor

    def __init__(self, config: StoryConfig) -> None:
        super().__init__()
        self.config = config
        size = config.hidden_size
        self.encoder = SentenceEncoder(config.words, size)
        self.memories = WordMemories(size) if config.word_memories else None
        self.layers = nn.ModuleList(ReductionLayer(size) for _ in range(config.num_layers))
        self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in range(config.num_layers - 1))
        self.dropout = Dropout(config.dropout)
        self.begin = nn.Sequential(nn.Linear(2 * size, size), nn.LayerNorm(size))
        self.part = nn.Embedding(config.parts, size)
        self.follow = GRU(size, size, batch_first=True)
        self.output = nn.Linear(size, config.parts)
        self.register_buffer("temperature", torch.ones(()))
        self.register_buffer("unknown_temperature", torch.ones(()))  # of questions with such words

    def losses(self, batch: StoryBatch, answers: Tensor) -> Tensor:
        """[B] −log p of each whole answer in nats, without the temperature."""
        logits = self.logits(batch, answers).flatten(0, 1)
        losses = cross_entropy(logits, answers.flatten(), ignore_index=IGNORED, reduction="none")
        return losses.view_as(answers).sum(1)

    def logits(self, batch: StoryBatch, answers: Tensor) -> Tensor:
        """[B, L, P] the logits of each part of the answers, given the true parts before it."""
        first, _ = self.read(batch)
        before = answers[:, :-1].clamp(min=END)
        if before.shape[1] == 0:
            return self.output(first)[:, None]  # type: ignore[no-any-return]
        states, _ = self.follow(self.part(before), first[None])
        return self.output(torch.cat([first[:, None], states], 1))  # type: ignore[no-any-return]

    def read(self, batch: StoryBatch) -> tuple[Tensor, list[ReductionGates]]:
        """[B, H] the state s_0 from which the answer begins, and the gates of each layer."""
        x = self.dropout(self.encoder(batch.sentences))[batch.story]
        asked = self.dropout(self.encoder(batch.questions))[batch.question]
        words = self.words_of(batch.sentences, batch.story, batch.mask)
        return self.reduce(self.recalled(x, words), asked, batch.mask)

    def words_of(self, sentences: Tensor, story: Tensor, mask: Tensor) -> WordsOfStories | None:
        """The words of stories, as `WordsOfStories.of`; None for a network without memories."""
        return None if self.memories is None else WordsOfStories.of(sentences, story, mask)

    def recalled(self, x: Tensor, words: WordsOfStories | None) -> Tensor:
        """[B, T, H] encoded sentences with the memories of their words."""
        if self.memories is None or words is None:
            return x
        return self.memories(x, words, self.encoder.embed(words.words))  # type: ignore[no-any-return]

    def passed_on(self, x: Tensor, words: WordsOfStories | None, weights: Tensor) -> Tensor:
        """[B, T] what the memories of words pass on from each sentence; see `WordMemories.shares`.

        Args:
            x, words: as in `recalled`.
            weights: [B, T] of the sentences.
        """
        if self.memories is None or words is None:
            return torch.zeros_like(weights)
        return self.memories.shares(x, words, self.encoder.embed(words.words), weights)

    def reduce(self, x: Tensor, asked: Tensor, mask: Tensor) -> tuple[Tensor, list[ReductionGates]]:
        """Read encoded sentences [B, T, H] with encoded questions [B, H]; see `read`."""
        q = asked[:, None].expand_as(x)
        found = []
        for layer, norm in zip(self.layers, [*self.norms, None], strict=True):
            gates, candidate = layer(x, q, mask)
            found.append(gates)
            if norm is not None:
                q = norm(q + both_ways(gates, candidate))
        memory = last_memory(gates, candidate)
        begin = self.begin(self.dropout(torch.cat([memory, asked], 1)))
        return begin, found

    def answers(self, begin: Tensor, temperature: Tensor | None = None) -> Answers:
        """The most probable part after each other, without gradients.

        Answers that do not end within `most_parts` are cut there.

        Args:
            begin: [B, H] s_0.
            temperature: of the probabilities; by default that of known words.
        """
        temperature = self.temperature if temperature is None else temperature
        state, log_probs = begin, torch.zeros(len(begin), dtype=torch.float64)
        is_open = torch.ones(len(begin), dtype=torch.bool)
        parts: list[Tensor] = []
        while len(parts) < self.config.most_parts and bool(is_open.any()):
            scores = (self.output(state) / temperature).double().log_softmax(-1)
            best, chosen = scores.max(1)
            log_probs = log_probs + best.where(is_open, torch.zeros_like(best))
            parts.append(chosen.where(is_open, torch.full_like(chosen, END)))
            is_open = is_open & (chosen != END)
            _, state = self.follow(self.part(chosen)[:, None], state[None])
            state = state[0]
        return Answers(torch.stack(parts, 1), log_probs)
