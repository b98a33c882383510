"""Compares texts by their characters: TF-IDF of n-grams, and cosines.

    tf(g, d)  = 1 + log(count of g in d)
    idf(g)    = 1 + log((1 + n) / (1 + number of texts with g))
    v(d)      = tf · idf, divided by its norm;  similarity = v(d) · v(e)

The n-grams have 2 to 4 characters and stay within a word with a blank at each end, so that words
with another ending are still similar. Source: Salton & Buckley 1988; the smoothed idf and the
sublinear tf are those of scikit-learn.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from gated.arrays import FloatArray, IntArray

__all__ = ["TextIndex", "grams_of"]

_SHORTEST, _LONGEST = 2, 4


def grams_of(text: str) -> list[str]:
    """The n-grams of the words of a text.

    >>> grams_of("Go on")[:5]
    [' g', 'go', 'o ', ' go', 'go ']
    """
    found = []
    for word in text.casefold().split():
        padded = f" {word} "
        for size in range(_SHORTEST, _LONGEST + 1):
            found += [padded[at : at + size] for at in range(len(padded) - size + 1)]
    return found


class TextIndex:
    """Finds how similar a text is to each of n texts.

    Args:
        texts: the n texts.
        learned: whose n-grams and idf count; by default the texts themselves.

    Attributes:
        size: n.

    Example:
        >>> TextIndex(["good morning", "a cup of tea"]).similarities("morning!").round(2)
        array([0.74, 0.  ])
    """

    def __init__(self, texts: Sequence[str], learned: "TextIndex | None" = None) -> None:
        counts = [Counter(grams_of(text)) for text in texts]
        if learned is None:
            documents = Counter(gram for count in counts for gram in count)
            self.columns = {gram: column for column, gram in enumerate(sorted(documents))}
            total = len(texts)
            self._idf = np.array(
                [1 + math.log((1 + total) / (1 + documents[gram])) for gram in self.columns]
            )
        else:
            self.columns, self._idf = learned.columns, learned._idf
        self.size = len(texts)
        vectors = [self._vector(count) for count in counts]
        rows = np.repeat(np.arange(len(texts)), [len(columns) for columns, _ in vectors])
        columns = np.concatenate([columns for columns, _ in vectors] or [np.zeros(0, np.int64)])
        weights = np.concatenate([weights for _, weights in vectors] or [np.zeros(0)])
        order = np.argsort(columns, kind="stable")
        self._rows, self._weights = rows[order], weights[order]
        self._begins = np.searchsorted(columns[order], np.arange(len(self.columns) + 1))

    def similarities(self, text: str) -> FloatArray:
        """[n] the cosines of a text with each of the texts, from 0 to 1."""
        columns, weights = self._vector(Counter(grams_of(text)))
        found = np.zeros(self.size)
        for column, weight in zip(columns, weights, strict=True):
            begin, end = self._begins[column], self._begins[column + 1]
            found[self._rows[begin:end]] += weight * self._weights[begin:end]
        return found

    def _vector(self, counts: Counter[str]) -> tuple[IntArray, FloatArray]:
        """The columns and the weights of a text; n-grams that were not learned are left out."""
        known = {
            self.columns[gram]: count for gram, count in counts.items() if gram in self.columns
        }
        columns = np.fromiter(known, dtype=np.int64, count=len(known))
        times = np.fromiter(known.values(), dtype=np.float64, count=len(known))
        weights = (1 + np.log(times)) * self._idf[columns]
        norm = float(np.linalg.norm(weights))
        return columns, weights / norm if norm > 0 else weights
