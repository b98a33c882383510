"""Tests the encoding of distinct values, for columns of every type."""

import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from gated.table.cells.distinct import distinct_text, distinct_values

ENCODED = pa.DictionaryArray.from_arrays(
    pa.array([2, 0, 2, 1, 2], pa.int32()), pa.array(["a", "b", "c", "never"])
)


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["c", "a", "c", "b", "c"]),
        ENCODED,
        pa.chunked_array([ENCODED[:3], pa.array(["b", "c"]).dictionary_encode()]),
    ],
    ids=["plain", "encoded in another order", "chunks encoded apart"],
)
def test_values(column):
    codes, values = distinct_values(column)
    assert codes.tolist() == [0, 1, 0, 2, 0]
    assert values.to_pylist() == ["c", "a", "b"]


@pytest.mark.parametrize(
    "series",
    [
        pd.Series(["c", "a", "c"], dtype="category"),
        pl.Series(["c", "a", "c"], dtype=pl.Categorical),
        pl.Series(["c", "a", "c"], dtype=pl.Enum(["a", "b", "c"])),
        pl.Series(["c", "a", "c"]),
        pd.Series(["c", "a", "c"], dtype=object),
    ],
    ids=lambda series: f"{type(series).__module__.split('.')[0]} {series.dtype}",
)
def test_text_of_any_library(series):
    codes, texts = distinct_text(nw.from_native(series, series_only=True))
    assert (codes.tolist(), texts.to_pylist()) == ([0, 1, 0], ["c", "a"])


def test_numeric_categories_become_text():
    _, texts = distinct_text(
        nw.from_native(pd.Series([7, 3, 7], dtype="category"), series_only=True)
    )
    assert texts.to_pylist() == ["7", "3"]
