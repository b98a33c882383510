"""Several columns may be named in one text, with commas between them."""

import pandas as pd
import pytest

from gated import read_table
from gated.errors import UsageError


@pytest.fixture
def frame():
    days = pd.date_range("2024-01-01", periods=6)
    return pd.DataFrame(
        {"store": ["N"] * 6 + ["S"] * 6, "item": "milk", "ds": [*days, *days], "y": range(12),
         "price": 2.5, "open": 1, "price,open": 3}
    )  # fmt: skip


def test_ids_are_joined_as_if_named_one_by_one(frame):
    at_once = read_table(frame, id_col="store, item", target_col="y")
    one_by_one = read_table(frame, id_col=["store", "item"], target_col="y")
    assert at_once.schema.id_col == one_by_one.schema.id_col == "store/item"
    assert at_once.ids.tolist() == ["N/milk", "S/milk"]


def test_commas_and_several_names_together(frame):
    table = read_table(frame, id_col=["store,item", "open"], target_col="y")
    assert table.schema.id_col == "store/item/open"
    assert read_table(frame, id_col="store,item/open", target_col="y").schema == table.schema


def test_covariates(frame):
    table = read_table(frame, id_col="store", target_col="y", covariates=["open,price"])
    assert table.covariate_names == ("open", "price")
    table = read_table(frame, id_col="store", target_col="y", past_covariates="open, price")
    assert table.past_names == ("open", "price")


def test_a_column_whose_name_has_a_comma(frame):
    table = read_table(frame, id_col="store", target_col="y", covariates=["price,open"])
    assert table.covariate_names == ("price,open",)
    assert table.covariates.max() == 3


def test_a_part_that_is_no_column(frame):
    with pytest.raises(UsageError, match="there is no column `open,prize`"):
        read_table(frame, id_col="store", target_col="y", covariates=["open,prize"])
