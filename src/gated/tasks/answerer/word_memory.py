"""Reads each sentence with what other sentences say about its words: a gated memory for each word.

    n_u    = tanh(W x_u + b)        candidate: what sentence u says
    k_u    = σ(w_k · x_u + b_k)     update gate, a number: the share that its words' memories keep
    r_w    = σ(w_r · E[w] + b_r)    reset gate of a word: how much of its memory is read
    M_t[w] = k_t M_{t−1}[w] + n_t   where sentence t has the word w, else M_{t−1}[w]
    N_t[w]   the same from the end of the story backward, with candidates of its own
    m_t    = Σ_{w in t} r_w (M_{t−1}[w] + N_{t+1}[w])
    x'_t   = norm(x_t + m_t / √(1 + mean m_t²))

"Bernhard is white" so becomes a sentence about a lion, if Bernhard is a lion. This is the recurrent
entity network of Henaff et al. 2017 (arXiv 1612.03969) with a word as the key of each memory: a
sentence changes the memories of its own words only. The gates do not depend on the question, and
what is added does not depend on what is kept: with (1 − k_t) n_t, as in a GRU, little is added
where much is kept, and training takes longer. The root bounds m_t, however long the story is.

As the gates do not depend on the memories, a memory is a sum of candidates with weights that follow
from the gates: n_u has the weight r_w Π k_v in sentence t, for each word w of both, over the
sentences v between them that have the word. With the sums c_t[w] = Σ_{v ≤ t} log k_v over the
sentences with w, that is r_w exp(c_{t−1}[w]) · exp(−c_u[w]), one product of matrices for all t and
u. Stories are read in parts of `_PART` sentences, so that the exponentials stay finite and the
memory grows with T instead of T².
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from gated.tasks.words import UNKNOWN

__all__ = ["WordMemories", "WordsOfStories"]

_KEPT = 3.0  # initial bias of k: a memory keeps 95 %
_LEAST_LOG = -2.0  # of k: a sentence overwrites at most 86 % of a memory
_PART = 128  # sentences: exp(2 · 128) is far from the largest float64


@dataclass(frozen=True)
class WordsOfStories:
    """Which words the sentences of B stories have.

    Attributes:
        words: [V] int64, numbers of the words that occur, without padding and unknown words.
        occurs: [B, T, V] float64, 1 where a sentence has a word; 0 behind the end of a story.
    """

    words: Tensor
    occurs: Tensor

    @classmethod
    def of(cls, sentences: Tensor, story: Tensor, mask: Tensor) -> "WordsOfStories":
        """Find the words.

        Args:
            sentences: [S, W] int64 numbers of words.
            story: [B, T] int64, rows of `sentences`.
            mask: [B, T] False behind the end of a story.
        """
        numbers, places = torch.unique(sentences, return_inverse=True)
        of_sentences = torch.zeros(len(sentences), len(numbers), dtype=torch.float64)
        of_sentences.scatter_(1, places, 1.0)
        is_word = numbers > UNKNOWN
        occurs = of_sentences[:, is_word][story] * mask[..., None]
        return cls(numbers[is_word], occurs)

    def reversed(self) -> "WordsOfStories":
        """From the end of the stories backward."""
        return WordsOfStories(self.words, self.occurs.flip(1))


class WordMemories(nn.Module):
    """Adds to each sentence the memories of its words, forward and backward.

    Args:
        hidden_size: H.
    """

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.update = nn.Linear(hidden_size, 1)
        self.reset = nn.Linear(hidden_size, 1)
        self.ahead = nn.Linear(hidden_size, hidden_size)
        self.back = nn.Linear(hidden_size, hidden_size)
        self.norm = nn.LayerNorm(hidden_size)
        nn.init.constant_(self.update.bias, _KEPT)

    def forward(self, x: Tensor, found: WordsOfStories, vectors: Tensor) -> Tensor:
        """[B, T, H] x'.

        Args:
            x: [B, T, H] the sentences.
            found: their words.
            vectors: [V, H] E of these words.
        """
        log_kept, read = self._gates(x, vectors)
        ahead, back = self.ahead(x).tanh(), self.back(x).tanh().flip(1)
        earlier = _passed(log_kept, found, ahead, reads=read)
        later = _passed(log_kept.flip(1), found.reversed(), back, reads=read).flip(1)
        memories = earlier + later
        bounded = memories * (1 + memories.square().mean(-1, keepdim=True)).rsqrt()
        return self.norm(x + bounded)  # type: ignore[no-any-return]

    def shares(self, x: Tensor, found: WordsOfStories, vectors: Tensor, weights: Tensor) -> Tensor:
        """[B, T] how much of each sentence's candidates is in the weighted sum Σ_t weights_t x'_t.

        It is the product of the weights with the matrix of the module's comment, transposed: the
        same passes in the other direction of time.

        Args:
            x, found, vectors: as in a call.
            weights: [B, T] of the sentences.
        """
        log_kept, read = self._gates(x, vectors)
        given, backward = weights[..., None].to(x.dtype), found.reversed()
        later = _passed(log_kept.flip(1), backward, given.flip(1), writes=read).flip(1)
        earlier = _passed(log_kept, found, given, writes=read)
        return (later + earlier)[..., 0]

    def _gates(self, x: Tensor, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """[B, T] log k, and [V] r."""
        log_kept = logsigmoid(self.update(x))[..., 0].clamp(min=_LEAST_LOG)
        return log_kept, self.reset(vectors)[:, 0].sigmoid()


def _passed(
    log_kept: Tensor,
    found: WordsOfStories,
    values: Tensor,
    *,
    reads: Tensor | None = None,
    writes: Tensor | None = None,
) -> Tensor:
    """[B, T, F] what the memories of the words of each sentence hold before it.

    Args:
        log_kept: [B, T] log k.
        found: the words of the sentences.
        values: [B, T, F] that each sentence adds to the memories of its words.
        reads: [V] factors of what is read; by default 1.
        writes: [V] factors of what is added; by default 1.
    """
    batch, steps, features = values.shape
    memory = values.new_zeros(batch, len(found.words), features)
    parts = []
    for begin in range(0, steps, _PART):
        part = slice(begin, begin + _PART)
        occurs, own = found.occurs[:, part], values[:, part]
        step = occurs * log_kept[:, part, None].double()
        total = step.cumsum(1)  # c_t[w] since the beginning of the part
        read = occurs * (total - step).exp()
        if reads is not None:
            read = read * reads.double()
        added = occurs if writes is None else occurs * writes.double()
        weights = (read @ (added * (-total).exp()).transpose(1, 2)).tril(-1)
        parts.append(weights.to(own.dtype) @ own + read.to(own.dtype) @ memory)
        if begin + _PART < steps:
            left = total[:, -1:]
            kept = (added * (left - total).exp()).transpose(1, 2).to(own.dtype)
            memory = memory * left.exp().transpose(1, 2).to(own.dtype) + kept @ own
    return torch.cat(parts, 1)
