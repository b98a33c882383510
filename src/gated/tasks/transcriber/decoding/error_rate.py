"""Counts the errors of a transcription: substitutions, insertions and deletions."""

from collections.abc import Hashable, Sequence

import numpy as np

__all__ = ["symbol_errors"]


def symbol_errors(found: Sequence[Hashable], expected: Sequence[Hashable]) -> int:
    """The least number of substitutions, insertions and deletions (Levenshtein 1966).

    >>> symbol_errors("1234", "1334")
    1
    >>> symbol_errors("134", "1334"), symbol_errors("", "12")
    (1, 2)
    """
    costs = np.arange(len(expected) + 1)
    for row, symbol in enumerate(found, start=1):
        before, costs[0] = costs[0], row
        for column, wanted in enumerate(expected, start=1):
            replaced = before + (symbol != wanted)
            before = costs[column]
            costs[column] = min(replaced, before + 1, costs[column - 1] + 1)
    return int(costs[-1])
