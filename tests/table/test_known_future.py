"""Parting a table into its past and the rows whose covariates are known already."""

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


def test_series_end_where_they_were_last_observed():
    nan = np.nan
    past, future = split_known_future(
        table([[1.0, nan, 3.0, nan], [4.0, nan, nan, nan], [7.0, 8.0, 9.0, 6.0]])
    )
    assert past.offsets.tolist() == [0, 3, 4, 8]
    np.testing.assert_array_equal(past.y, [1, nan, 3, 4, 7, 8, 9, 6])
    assert past.covariates.shape == (8, 1)
    assert len(past.ds) == 8
    assert future["unique_id"].tolist() == ["s0", "s1", "s1", "s1"]
    assert past.notes[-1].startswith("`open` known in 4 rows after the last `y`")


def test_what_is_parted_can_be_read_again():
    past, future = split_known_future(table([[1.0, 2.0, np.nan, np.nan]], opened=[[1, 1, 0, 1]]))
    np.testing.assert_array_equal(read_future(future, past, 2)[0], [[[0.0], [1.0]]])


def test_a_table_that_ends_observed_stays_as_it_is():
    whole = table([[1.0, np.nan, 2.0]])
    past, future = split_known_future(whole)
    assert past is whole
    assert future is None


def test_a_row_with_nothing_known_belongs_to_neither():
    past, future = split_known_future(
        table([[1.0, 2.0, np.nan, np.nan]], opened=[[1, 1, 0, np.nan]])
    )
    assert past.n_rows == 2
    assert len(future) == 1


def test_rows_of_which_nothing_is_known_are_no_future():
    past, future = split_known_future(
        table([[1.0, 2.0, np.nan, np.nan]], opened=[[1, 1, np.nan, np.nan]])
    )
    assert future is None
    assert past.notes[-1].startswith("2 rows after the last `y` of their series left out")


def test_a_category_that_a_model_does_not_know_stays_unknown():
    days = pd.date_range("2024-01-01", periods=6)
    frame = pd.DataFrame({"ds": days, "y": [*range(4), None, None], "promo": [*"abab", "a", "new"]})
    learned = read_table(frame[:4], covariates=["promo"])
    past, future = split_known_future(read_table(frame, covariates=["promo"], like=learned))
    values, notes = read_future(future, past, 2)
    assert values[0, :, 0].tolist() == [0, UNKNOWN]
    assert any("never came in the past" in note for note in notes)


def test_the_given_table_is_untouched():
    whole = table([[1.0, 2.0, np.nan]])
    before = whole.y.copy()
    split_known_future(whole)
    np.testing.assert_array_equal(whole.y, before)
