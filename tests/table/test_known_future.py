"""Tests the split of a table into its past and its known future."""

import numpy as np
import pandas as pd

from gated import read_table
from gated.table import read_future, split_known_future
from gated.table.columns.content import UNKNOWN


def table(targets, *, opened=None):
    """One series for each list of targets, NaN where not observed."""
    frames = [
        pd.DataFrame(
            {
                "unique_id": f"s{index}",
                "ds": pd.date_range("2024-01-01", periods=len(values)),
                "y": values,
                "open": 1.0 if opened is None else opened[index],
            }
        )
        for index, values in enumerate(targets)
    ]
    return read_table(pd.concat(frames), covariates=["open"])


def test_series_end_at_their_last_observation():
    nan = np.nan
    past, future = split_known_future(
        table([[1.0, nan, 3.0, nan], [4.0, nan, nan, nan], [7.0, 8.0, 9.0, 6.0]])
    )
    assert past.offsets.tolist() == [0, 3, 4, 8]
    np.testing.assert_array_equal(past.y, [1, nan, 3, 4, 7, 8, 9, 6])
    assert past.covariates.shape == (8, 1)
    assert len(past.ds) == 8
    assert future["unique_id"].tolist() == ["s0", "s1", "s1", "s1"]
    assert past.notes[-1].startswith("4 rows after the last `y` with values of `open`")


def test_the_known_future_can_be_read_again():
    past, future = split_known_future(table([[1.0, 2.0, np.nan, np.nan]], opened=[[1, 1, 0, 1]]))
    np.testing.assert_array_equal(read_future(future, past, 2)[0], [[[0.0], [1.0]]])


def test_a_table_without_future_rows_is_unchanged():
    whole = table([[1.0, np.nan, 2.0]])
    past, future = split_known_future(whole)
    assert past is whole
    assert future is None


def test_a_row_without_known_values_is_dropped():
    past, future = split_known_future(
        table([[1.0, 2.0, np.nan, np.nan]], opened=[[1, 1, 0, np.nan]])
    )
    assert past.n_rows == 2
    assert len(future) == 1


def test_rows_without_known_values_are_not_a_known_future():
    past, future = split_known_future(
        table([[1.0, 2.0, np.nan, np.nan]], opened=[[1, 1, np.nan, np.nan]])
    )
    assert future is None
    assert past.notes[-1].startswith("2 rows after the last `y` of their series left out")


def test_a_category_that_is_not_in_the_model_stays_unknown():
    days = pd.date_range("2024-01-01", periods=6)
    frame = pd.DataFrame({"ds": days, "y": [*range(4), None, None], "promo": [*"abab", "a", "new"]})
    learned = read_table(frame[:4], covariates=["promo"])
    past, future = split_known_future(read_table(frame, covariates=["promo"], like=learned))
    values, notes = read_future(future, past, 2)
    assert values[0, :, 0].tolist() == [0, UNKNOWN]
    assert any("not in the past table" in note for note in notes)


def test_the_given_table_is_unchanged():
    whole = table([[1.0, 2.0, np.nan]])
    before = whole.y.copy()
    split_known_future(whole)
    np.testing.assert_array_equal(whole.y, before)
