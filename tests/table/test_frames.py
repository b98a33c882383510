"""Tidy rows of a table, and the rows of its future to fill in."""

import pandas as pd
import polars as pl
import pytest

from gated import Forecaster, read_table
from gated.errors import DataError, NotFittedError, UsageError
from gated.table import future_frame, missing_future, tidy_frame


@pytest.fixture
def sales() -> pd.DataFrame:
    days = pd.date_range("2024-01-01", periods=40)
    rows = [
        pd.DataFrame({"shop": shop, "day": days, "sold": range(40), "price": 2.0, "sky": "blue"})
        for shop in ("north", "south")
    ]
    return pd.concat(rows, ignore_index=True)


def test_every_step_has_a_row(sales: pd.DataFrame) -> None:
    table = read_table(sales.drop(index=[3, 50]), covariates=["price", "sky"])
    tidy = tidy_frame(table)
    assert list(tidy.columns) == ["shop", "day", "sold", "price", "sky"]
    assert tidy["day"].equals(sales["day"])
    assert tidy["sold"].isna().to_numpy().nonzero()[0].tolist() == [3, 50]
    assert tidy["sky"].dropna().unique().tolist() == ["blue"]


def test_a_tidy_table_is_read_as_itself(sales: pd.DataFrame) -> None:
    table = read_table(pl.from_pandas(sales.sample(frac=1, random_state=0)))
    again = read_table(tidy_frame(table))
    assert again.y.tolist() == table.y.tolist()
    assert isinstance(tidy_frame(table), pl.DataFrame)


def test_the_future_is_filled_in_and_forecast(sales: pd.DataFrame) -> None:
    model = Forecaster(h=3).fit(sales, covariates=["price"])
    future = model.make_future_dataframe()
    assert list(future.columns) == ["shop", "day", "price"]
    assert future["shop"].tolist() == ["north"] * 3 + ["south"] * 3
    assert future["day"].min() == pd.Timestamp("2024-02-10")
    assert future["price"].isna().all()
    assert len(model.predict(X_df=future.assign(price=2.0))) == 6
    assert len(model.get_missing_future(future.iloc[[0, 3]])) == 4
    assert model.get_missing_future(future.iloc[1:], h=3)["day"].tolist() == [
        pd.Timestamp("2024-02-10")
    ]


def test_refused(sales: pd.DataFrame) -> None:
    with pytest.raises(NotFittedError):
        Forecaster().make_future_dataframe()
    table = read_table(sales, covariates=["price"])
    with pytest.raises(UsageError, match=r"The horizon is 0\. Expected at least 1 step\."):
        future_frame(table, 0)
    with pytest.raises(DataError, match="the future table has no column `price`"):
        missing_future(table, 3, sales.drop(columns="price"))
