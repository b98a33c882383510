"""Several columns name a series, or one of them does; what cannot be decided is asked."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from gated import read_table
from gated.errors import DataError
from gated.table.columns.joined_columns import parts_of


def frame(**labels: Any) -> pd.DataFrame:
    days = pd.date_range("2024-01-01", periods=5)
    columns = {name: np.repeat(values, len(days)) for name, values in labels.items()}
    count = len(next(iter(labels.values())))
    return pd.DataFrame({"date": [*days] * count, **columns, "sales": range(5 * count)})


def test_the_fewest_columns_that_separate_the_rows_name_the_series() -> None:
    shops = frame(shop=["a", "a", "b", "b"], item=["x", "y", "x", "y"], land=["N", "N", "N", "N"])
    found = read_table(shops)
    assert found.ids.tolist() == ["a/x", "a/y", "b/x", "b/y"]
    assert "series: one for each combination of `shop`, `item`." in found.notes
    assert found.y.reshape(4, 5)[3].tolist() == [15, 16, 17, 18, 19]


def test_a_column_that_says_the_same_as_another_is_not_needed() -> None:
    found = read_table(frame(country=["Norway", "Sweden"], code=["NO", "SE"]))
    assert found.ids.tolist() == ["Norway", "Sweden"]


def test_numbers_of_stores_are_labels() -> None:
    rows = frame(store_nbr=[1, 1, 2, 2], family=["FOOD", "MILK", "FOOD", "MILK"])
    rows.insert(0, "id", range(len(rows)))
    found = read_table(rows)
    assert found.ids.tolist() == ["1/FOOD", "1/MILK", "2/FOOD", "2/MILK"]
    assert "left out: `id` has only row numbers." in found.notes


def test_two_ways_to_make_series_are_a_question() -> None:
    days = pd.date_range("2024-01-01", periods=6)
    rows = pd.DataFrame({"date": [*days] * 2, "y": range(12), "team": ["a"] * 6 + ["b"] * 6})
    rows["shift"] = ["early", "late"] * 3 + ["late", "early"] * 3
    with pytest.raises(DataError, match="several columns could be the series: `team`, `shift`"):
        read_table(rows)


def test_named_columns_are_joined() -> None:
    shops = frame(shop=["a", "a", "b", "b"], item=[1, 2, 1, 2])
    for id_col in (["shop", "item"], "shop/item"):
        assert read_table(shops, id_col=id_col).ids.tolist() == ["a/1", "a/2", "b/1", "b/2"]


def test_a_joined_name_is_divided_at_the_names_of_columns() -> None:
    assert parts_of("a/b/c", ["a/b", "c"]) == ("a/b", "c")
    assert parts_of("a/b", ["a", "c"]) is None


def test_the_closing_price_is_the_target_beside_the_others() -> None:
    days = pd.date_range("2024-01-01", periods=30, freq="B")
    prices = {name: range(30) for name in ("Open", "High", "Low", "Close", "Adj Close", "Volume")}
    assert read_table(pd.DataFrame({"Date": days, **prices})).schema.target_col == "Close"
