"""Cutting a table: no future value in the past, and no value lost."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecasting.data.cut import Panel, cut
from gated.errors import DataError


def panel(*series, h=2, covariates=None, names=()):
    """Series of numbered steps, from one list of values each."""
    lengths = [len(values) for values in series]
    rows = sum(lengths)
    return Panel(
        name="small",
        h=h,
        ids=np.array([f"s{i}" for i in range(len(series))], dtype=object),
        offsets=np.append(0, np.cumsum(lengths)),
        ds=np.concatenate([np.arange(n) for n in lengths]),
        y=np.concatenate(series).astype(float),
        covariates=np.zeros((rows, 0)) if covariates is None else covariates,
        covariate_names=names,
        season_length=1,
    )


def test_the_last_steps_of_each_series_are_the_future():
    made = cut(panel([1, 2, 3, 4], [5, 6, 7]))
    np.testing.assert_array_equal(made.y, [[3, 4], [6, 7]])
    np.testing.assert_array_equal(made.history, [1, 2, 5])
    np.testing.assert_array_equal(made.offsets, [0, 2, 3])
    assert made.past["ds"].tolist() == [0, 1, 0]
    assert made.future["ds"].tolist() == [2, 3, 1, 2]
    assert "y" not in made.future


def test_validation_does_not_contain_the_test_steps():
    made = cut(panel([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), validation=True)
    np.testing.assert_array_equal(made.y, [[2, 3], [7, 8]])
    np.testing.assert_array_equal(made.history, [1, 6])
    steps = pd.concat([made.past, made.future])
    assert steps["ds"].max() == 2


@pytest.mark.parametrize(
    "unusable",
    [[1, 2], [np.nan, 2, 3], [1, np.nan, np.nan]],
    ids=["too short", "no past", "no future"],
)
def test_a_series_without_past_or_future_is_left_out_and_named_in_the_notes(unusable):
    made = cut(panel(unusable, [1, 2, 3, 4]))
    assert made.ids.tolist() == ["s1"]
    np.testing.assert_array_equal(made.y, [[3, 4]])
    assert any("1 of 2 series" in note for note in made.notes)


@pytest.mark.parametrize("validation", [False, True])
def test_a_table_shorter_than_the_horizon_is_an_error(validation):
    with pytest.raises(DataError, match=r"last 5 steps.*--horizon"):
        cut(panel([1, 2, 3], h=5), validation=validation)


def test_closed_days_follow_from_the_covariate_open():
    is_open = np.array([[1.0], [0.0], [1.0], [0.0]])
    made = cut(panel([1, 0, 3, 0], covariates=is_open, names=("open",)))
    assert made.closed_before.tolist() == [False, True]
    assert made.closed_ahead.tolist() == [[False, True]]
    assert cut(panel([1, 0, 3, 0])).closed_before is None
