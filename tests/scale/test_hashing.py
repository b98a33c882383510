"""Hashes of series: equal for equal labels on every machine, and spread evenly."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from gated.scale.hashing import buckets_of, series_hash


def hashes(*columns):
    return series_hash(columns, len(columns[0])).tolist()


def test_the_hash_of_a_label_is_fixed_for_ever() -> None:
    """Otherwise a job could not be resumed by another version."""
    labels = pa.array(["", "a", "shop 7", "a label of more than eight bytes", "é"])
    assert hashes(labels) == hashes(labels)
    assert [f"{one:016x}" for one in hashes(labels)] == [
        "46b73e79f0c37c00",
        "af34e16e75089ca9",
        "bf0a41bada884349",
        "64da84ffe84a7369",
        "79f7e84c4fb30487",
    ]


@given(st.lists(st.text(max_size=30), min_size=1))
def test_it_depends_on_the_text_only(labels) -> None:
    whole = hashes(pa.array(labels))
    assert whole == [hashes(pa.array([label]))[0] for label in labels]
    assert whole == hashes(pa.array(labels, pa.large_string()))
    assert whole == hashes(pa.array(labels).dictionary_encode())
    assert whole == hashes(pa.chunked_array([[label] for label in labels]))
    assert whole == hashes(pa.array(["x", *labels, "y"]).slice(1, len(labels)))
    assert len(set(whole)) == len(set(labels))


def test_numbers_are_hashed_as_text_and_none_as_no_text() -> None:
    assert hashes(pa.array([1, 12], pa.int32())) == hashes(pa.array(["1", "12"]))
    assert len(set(hashes(pa.array([None, "", "None"])))) == 3


def test_the_order_of_several_id_columns_counts() -> None:
    one, other = pa.array(["a", "b"]), pa.array(["b", "a"])
    first, second = hashes(one, other)
    assert first != second
    assert hashes(other, one) == [second, first]


def test_without_an_id_column_all_rows_are_one_series() -> None:
    assert series_hash([], 3).tolist() == [0, 0, 0]


def test_buckets_are_even_and_in_the_order_of_the_hashes() -> None:
    found = series_hash([pa.array([f"s{n}" for n in range(100_000)])], 100_000)
    buckets = buckets_of(found, 100)
    counts = np.bincount(buckets, minlength=100)
    assert counts.min() > 850
    assert counts.max() < 1_150
    assert (np.diff(buckets[np.argsort(found)]) >= 0).all()
