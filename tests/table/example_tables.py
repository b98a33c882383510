"""Tables, refusals and notes for the tests of reading."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from gated.errors import GatedError
from gated.table.reader import read_table
from gated.table.table import Table

DAYS = pd.date_range("2021-01-01", periods=6)


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


def panel(n_series: int, periods: int = 6, freq: str = "D") -> pd.DataFrame:
    days = pd.date_range("2021-01-01", periods=periods, freq=freq)
    return frame(
        unique_id=np.repeat([f"s{index}" for index in range(n_series)], periods),
        ds=np.tile(days, n_series),
        y=np.arange(n_series * periods, dtype=float),
    )


def refusal(source: Any, **options: Any) -> str:
    with pytest.raises(GatedError) as caught:
        read_table(source, **options)
    return str(caught.value)


def has_note(table: Table, words: str) -> bool:
    return any(words in note for note in table.notes)


def check(table: Table) -> None:
    """Check the invariants of every table."""
    assert table.offsets[0] == 0
    assert table.offsets[-1] == table.n_rows == len(table.ds) == len(table.y)
    assert (table.lengths > 0).all()
    assert table.n_series == len(table.ids) == len(table.lengths)
    assert table.covariates.shape == (table.n_rows, len(table.covariate_names))
    assert not np.isinf(table.y).any()
    start = np.repeat(table.ds[table.offsets[:-1]], table.lengths)
    step = np.arange(table.n_rows) - np.repeat(table.offsets[:-1], table.lengths)
    np.testing.assert_array_equal(table.frequency.grid.advance(start, step), table.ds)
