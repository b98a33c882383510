"""Hashes the ids of series, so that all rows of a series go to one bucket on every machine.

The hash depends on the text of an id only: not on Python's seed, the type of the column, the order
of rows or the number of workers.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["buckets_of", "series_hash"]

Hashes = NDArray[np.uint64]

_WORD = 8  # bytes of a text that are mixed at once
_MULTIPLIERS = np.array([0xBF58476D1CE4E5B9, 0x94D049BB133111EB], dtype=np.uint64)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_SHIFTS = np.array([30, 27, 31], dtype=np.uint64)
_NO_LABEL = "\x00"  # stands for a missing id: a text that no label has


def series_hash(ids: Sequence[pa.Array | pa.ChunkedArray], n_rows: int) -> Hashes:
    """The hash [R] of the series of each row.

    Args:
        ids: the id columns, [R] each; none for a table of a single series.
        n_rows: R.

    >>> import pyarrow as pa
    >>> whole, text = pa.array([7, 8, 7]), pa.array(["7", "8", "7"])
    >>> found = series_hash([whole], 3)
    >>> bool((found == series_hash([text], 3)).all()), bool(found[0] == found[1])
    (True, False)
    """
    total = np.zeros(n_rows, dtype=np.uint64)
    for column in ids:
        encoded = pc.dictionary_encode(_one(column), null_encoding="encode")
        labels = pc.fill_null(encoded.dictionary.cast(pa.large_string()), _NO_LABEL)
        hashes = _of_texts(labels)
        total = _mixed(total * _STEP ^ hashes[encoded.indices.to_numpy(zero_copy_only=False)])
    return total


def buckets_of(hashes: Hashes, n_buckets: int) -> NDArray[np.int64]:
    """The bucket [R] of each hash: the first bucket has the smallest hashes, and so on.

    >>> buckets_of(np.array([0, 2**63, 2**64 - 1], dtype=np.uint64), 10).tolist()
    [0, 5, 9]
    """
    high = hashes >> np.uint64(32)
    return ((high * np.uint64(n_buckets)) >> np.uint64(32)).astype(np.int64)


def _one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column as one array, without a dictionary."""
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(_plain(column).chunks) if column.num_chunks else pa.nulls(0)
    return _plain(column)


def _plain(column: Any) -> Any:
    """A column without a dictionary, which may differ between chunks."""
    kind = column.type
    return column.cast(kind.value_type) if pa.types.is_dictionary(kind) else column


def _of_texts(texts: pa.LargeStringArray) -> Hashes:
    """The hash [K] of each text."""
    _, ends, data = texts.buffers()
    bounds = np.frombuffer(ends, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    content = np.zeros((0 if data is None else data.size) + _WORD, dtype=np.uint8)
    if data is not None:
        content[: data.size] = np.frombuffer(data, dtype=np.uint8)
    # The eight bytes that begin at each place, as a number.
    words = np.ndarray((len(content) - _WORD + 1,), dtype="<u8", buffer=content, strides=(1,))
    lengths = np.diff(bounds)
    hashes = _mixed(lengths.astype(np.uint64) + _STEP)
    active = np.flatnonzero(lengths > 0)
    begin = 0
    while len(active):
        left = np.minimum(lengths[active] - begin, _WORD).astype(np.uint64)
        unused = np.uint64(8 * _WORD) - np.uint64(8) * left
        word = words[bounds[active] + begin].astype(np.uint64) << unused
        hashes[active] = _mixed(hashes[active] * _STEP ^ word)
        begin += _WORD
        active = active[lengths[active] > begin]
    return hashes


def _mixed(values: Hashes) -> Hashes:
    """The finalizer of SplitMix64 (Steele, Lea and Flood 2014), a bijection of 64 bits."""
    mixed = values + _STEP
    mixed = (mixed ^ (mixed >> _SHIFTS[0])) * _MULTIPLIERS[0]
    mixed = (mixed ^ (mixed >> _SHIFTS[1])) * _MULTIPLIERS[1]
    return np.asarray(mixed ^ (mixed >> _SHIFTS[2]), dtype=np.uint64)
