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

from gated.arrays import Array
from gated.numeric import (
    Parameters,
    Shapes,
    clip,
    linear_shapes,
    namespace,
    norm_shapes,
    primitives,
)
from gated.tasks.words import UNKNOWN

__all__ = ["WordsOfStories", "memory_shapes", "passed_shares", "with_memories"]

_LEAST_LOG = -2.0  # of k: a sentence overwrites at most 86 % of a memory
_PART = 128  # sentences: exp(2 · 128) is far from the largest float64


@dataclass(frozen=True)
class WordsOfStories:
    """Which words the sentences of B stories have.

    Attributes:
        words: [V] int64, numbers of the words that occur, without padding and unknown words.
        occurs: [B, T, V] float64, 1 where a sentence has a word; 0 behind the end of a story.
    """

    words: Array
    occurs: Array

    @classmethod
    def of(cls, sentences: Array, story: Array, mask: Array) -> "WordsOfStories":
        """Find the words.

        Args:
            sentences: [S, W] int64 numbers of words.
            story: [B, T] int64, rows of `sentences`.
            mask: [B, T] False behind the end of a story.
        """
        xp = namespace(sentences)
        numbers, places = xp.unique_inverse(sentences)
        of_sentences = xp.zeros((len(sentences), len(numbers)), dtype=xp.float64)
        of_sentences[xp.arange(len(sentences))[:, None], places.reshape(sentences.shape)] = 1.0
        is_word = numbers > UNKNOWN
        occurs = of_sentences[:, is_word][story] * mask[..., None]
        return cls(numbers[is_word], occurs)

    def reversed(self) -> "WordsOfStories":
        """From the end of the stories backward."""
        return WordsOfStories(self.words, namespace(self.occurs).flip(self.occurs, axis=1))


def with_memories(weights: Parameters, x: Array, found: WordsOfStories, vectors: Array) -> Array:
    """[B, T, H] x': each sentence with the memories of its words, forward and backward.

    Args:
        weights: of the memories.
        x: [B, T, H] the sentences.
        found: their words.
        vectors: [V, H] E of these words.
    """
    xp = namespace(x)
    log_kept, read = _gates(weights, x, vectors)
    ahead, back = (xp.tanh(weights.linear(name, x)) for name in ("ahead", "back"))
    earlier = _passed(log_kept, found, ahead, reads=read)
    backward = (xp.flip(log_kept, axis=1), found.reversed(), xp.flip(back, axis=1))
    memories = earlier + xp.flip(_passed(*backward, reads=read), axis=1)
    mean_square = xp.mean(memories * memories, axis=-1, keepdims=True)
    return weights.layer_norm("norm", x + memories / xp.sqrt(1 + mean_square))


def passed_shares(
    weights: Parameters, x: Array, found: WordsOfStories, vectors: Array, shares: Array
) -> Array:
    """[B, T] how much of each sentence's candidates is in the weighted sum Σ_t shares_t x'_t.

    It is the product of the shares with the matrix of the module's comment, transposed: the
    same passes in the other direction of time.

    Args:
        weights, x, found, vectors: as in `with_memories`.
        shares: [B, T] of the sentences.
    """
    xp = namespace(x)
    log_kept, read = _gates(weights, x, vectors)
    given = xp.astype(shares[..., None], x.dtype)
    backward = (xp.flip(log_kept, axis=1), found.reversed(), xp.flip(given, axis=1))
    later = xp.flip(_passed(*backward, writes=read), axis=1)
    return (later + _passed(log_kept, found, given, writes=read))[..., 0]


def memory_shapes(name: str, hidden_size: int) -> Shapes:
    """The name and the shape of every weight of the memories."""
    shapes = norm_shapes(f"{name}.norm", hidden_size)
    for layer, outputs in (
        ("update", 1),
        ("reset", 1),
        ("ahead", hidden_size),
        ("back", hidden_size),
    ):
        shapes |= linear_shapes(f"{name}.{layer}", hidden_size, outputs)
    return shapes


def _gates(weights: Parameters, x: Array, vectors: Array) -> tuple[Array, Array]:
    """[B, T] log k, and [V] r."""
    fast = primitives(x)
    log_kept = clip(fast.log_sigmoid(weights.linear("update", x))[..., 0], _LEAST_LOG)
    return log_kept, fast.sigmoid(weights.linear("reset", vectors)[:, 0])


def _passed(
    log_kept: Array,
    found: WordsOfStories,
    values: Array,
    *,
    reads: Array | None = None,
    writes: Array | None = None,
) -> Array:
    """[B, T, F] what the memories of the words of each sentence hold before it.

    Args:
        log_kept: [B, T] log k.
        found: the words of the sentences.
        values: [B, T, F] that each sentence adds to the memories of its words.
        reads: [V] factors of what is read; by default 1.
        writes: [V] factors of what is added; by default 1.
    """
    xp = namespace(values)
    kind, turned = values.dtype, xp.matrix_transpose
    batch, steps, features = values.shape
    memory = xp.zeros((batch, len(found.words), features), dtype=kind)
    parts = []
    for begin in range(0, steps, _PART):
        part = slice(begin, begin + _PART)
        occurs, own = found.occurs[:, part], values[:, part]
        step = occurs * xp.astype(log_kept[:, part, None], xp.float64)
        total = xp.cumulative_sum(step, axis=1)  # c_t[w] since the beginning of the part
        read = occurs * xp.exp(total - step)
        if reads is not None:
            read = read * xp.astype(reads, xp.float64)
        added = occurs if writes is None else occurs * xp.astype(writes, xp.float64)
        weights = xp.tril(read @ turned(added * xp.exp(-total)), k=-1)
        parts.append(xp.astype(weights, kind) @ own + xp.astype(read, kind) @ memory)
        if begin + _PART < steps:
            left = total[:, -1:]
            kept = xp.astype(turned(added * xp.exp(left - total)), kind)
            memory = memory * xp.astype(turned(xp.exp(left)), kind) + kept @ own
    return xp.concat(parts, axis=1)
