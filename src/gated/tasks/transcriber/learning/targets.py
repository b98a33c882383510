"""Reads the strings that a transcriber learns, and checks that they can be learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from gated.arrays import IntArray
from gated.errors import DataError, UsageError
from gated.tasks.label_values import label_list
from gated.text import counted, listed

__all__ = ["Targets", "check_lengths", "is_list", "read_labels", "read_strings", "steps_needed"]


@dataclass(frozen=True)
class Targets:
    """Strings of known symbols.

    Attributes:
        symbols: the K symbols: text, numbers or booleans of one type.
        strings: the symbols of each sequence, 1 … K.
        is_text: whether a string is text whose characters are the symbols.
    """

    symbols: list[Any]
    strings: list[list[int]]
    is_text: bool


def is_list(value: Any) -> bool:
    """Whether a value holds several symbols, unlike text."""
    return isinstance(value, (list, tuple, np.ndarray))


def read_strings(y: Any, count: int, symbols: Sequence[Any] | None) -> Targets:
    """Read one string for each sequence: text, or a list of symbols.

    Args:
        y: the strings.
        count: number of sequences.
        symbols: all symbols; by default those of the strings, sorted.

    Raises:
        DataError: a string is neither, has a symbol that is not in `symbols`, or there are not as
            many as sequences.
        UsageError: `symbols` cannot be symbols.

    >>> read_strings(["ab", "b"], 2, None)
    Targets(symbols=['a', 'b'], strings=[[1, 2], [2]], is_text=True)
    >>> read_strings([["yes", "no"], []], 2, None).strings
    [[2, 1], []]
    """
    given = list(y) if is_list(y) else None
    if given is None or len(given) != count:
        found = type(y).__name__ if given is None else counted(len(given), "string")
        raise DataError(
            f"y is {found}, but X has {counted(count, 'sequence')}. Expected one string for each."
        )
    is_text = all(isinstance(each, str) for each in given)
    if not is_text:
        for index, each in enumerate(given):
            if not is_list(each):
                raise DataError(
                    f"y has {each!r} for sequence {index}. Expected a list of symbols, as for the "
                    "others, or text for all. Where each sequence is one word, pass join=(3, 7)."
                )
    lists = [
        np.asarray(each).tolist() if not isinstance(each, str) else list(each) for each in given
    ]
    return _encoded(lists, symbols, is_text)


def read_labels(y: Any, count: int, symbols: Sequence[Any] | None) -> Targets:
    """Read the one symbol of each recording of a word.

    Raises:
        DataError: there are not as many as recordings, or one is not in `symbols`, or too few of
            one.
        UsageError: `symbols` cannot be symbols.
    """
    labels = np.asarray(y)
    if labels.ndim != 1 or len(labels) != count:
        raise DataError(
            f"y has shape {list(labels.shape)}, but X has {counted(count, 'recording')}. Expected "
            "the one symbol of each, because join is given."
        )
    found = _encoded([[label] for label in labels.tolist()], symbols, is_text=False)
    counts = np.bincount([string[0] for string in found.strings], minlength=len(found.symbols) + 1)
    few = [str(s) for s, n in zip(found.symbols, counts[1:], strict=True) if n < 2]
    if few:
        raise DataError(
            f"{counted(len(few), 'symbol')} with fewer than two recordings: {listed(few)}. "
            "Expected two or more of each, one to learn from and one to check with."
        )
    return found


def _encoded(lists: list[list[Any]], symbols: Sequence[Any] | None, is_text: bool) -> Targets:
    """Number the symbols."""
    every = [symbol for each in lists for symbol in each]
    if symbols is None:
        if not every:
            raise DataError("All strings are empty. Expected at least one symbol.")
        if len({type(symbol) for symbol in every}) > 1:
            kinds = listed(sorted({type(symbol).__name__ for symbol in every}))
            raise DataError(f"The symbols are of the types {kinds}. Expected one type for all.")
        known = label_list(np.unique(every))
    else:
        if len(symbols) == 0 or len(set(symbols)) < len(symbols):
            raise UsageError(
                f"symbols is {symbols!r}. Expected at least one symbol, and each of them once."
            )
        known = label_list(np.array(list(symbols)))
    number = {symbol: index for index, symbol in enumerate(known, start=1)}
    for index, each in enumerate(lists):
        unknown = [symbol for symbol in each if symbol not in number]
        if unknown:
            raise DataError(
                f"The string of sequence {index} has the symbol {unknown[0]!r}. Expected one of "
                f"symbols: {listed(map(repr, known), limit=20)}. Add it to symbols, or leave "
                "symbols out."
            )
    return Targets(known, [[number[symbol] for symbol in each] for each in lists], is_text)


def check_lengths(strings: list[list[int]], lengths: IntArray, ids: list[str]) -> None:
    """Check that every string fits into the steps of its sequence.

    Raises:
        DataError: one does not.
    """
    for string, length, name in zip(strings, lengths.tolist(), ids, strict=True):
        needed = steps_needed(string)
        if needed > length:
            raise DataError(
                f"{name} has {counted(length, 'step')}, but its string of "
                f"{counted(len(string), 'symbol')} needs {needed}. Expected at least one step for "
                "each symbol, and one between equal neighbours. Check its string, or remove it."
            )


def steps_needed(string: Sequence[int]) -> int:
    """Steps of the shortest path that writes a string.

    >>> steps_needed([1, 1, 2])
    4
    """
    return len(string) + sum(a == b for a, b in pairwise(string))
