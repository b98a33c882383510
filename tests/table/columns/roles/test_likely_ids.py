"""Tests that a message on repeated times names the columns that separate the rows."""

import numpy as np
import pandas as pd
import pytest

from tests.table.example_tables import frame, refusal

DAYS = pd.date_range("2024-01-01", periods=10)


def sales(**columns: np.ndarray) -> pd.DataFrame:
    return frame(date=np.repeat(DAYS, 4), **columns, sales=np.arange(40.0))


def test_one_column_is_the_likely_id() -> None:
    rows = sales(counter=np.tile([11, 12, 13, 14], 10), note=np.tile(["x", "x", "y", "y"], 10))
    message = refusal(rows, id_col="note")
    assert "Columns `note` and `counter` together separate the rows" in message
    rows = sales(counter=np.tile([11, 12, 13, 14], 10))
    message = refusal(rows)
    assert 'Column `counter` separates the rows of one time: pass id_col="counter"' in message
    assert 'Or pass aggregate="sum"' in message


def test_two_columns_together() -> None:
    rows = sales(shop=np.tile([1, 1, 2, 2], 10), kind=np.tile([7, 8, 7, 8], 10))
    message = refusal(rows, target_col="sales", id_col="shop")
    assert "Columns `shop` and `kind` together separate the rows of one time" in message


@pytest.mark.parametrize("numbers", [np.arange(40), np.random.default_rng(0).permutation(40)])
def test_a_column_that_numbers_the_rows_is_no_id(numbers: np.ndarray) -> None:
    message = refusal(sales(receipt=numbers), target_col="sales")
    assert "receipt" not in message
    assert "or name the column with the series ids with id_col=" in message
    assert 'aggregate="sum" to add them up, or aggregate="mean" to average them' in message


def test_labels_of_events_are_no_ids() -> None:
    random = np.random.default_rng(1)
    minutes = np.sort(random.integers(0, 40_000, 600))
    times = np.datetime64("2024-01-01") + minutes.astype("m8[m]")
    rows = frame(sold_at=times, customer_no=random.integers(1, 200, 600))
    rows["amount"] = np.arange(600.0)
    message = refusal(rows, target_col="amount")
    assert "customer_no" not in message
    assert 'pass aggregate="sum" or aggregate="mean" with a step, for example freq="D"' in message
    given = refusal(rows, target_col="amount", freq="D")
    assert 'Pass aggregate="sum" to add them up' in given
