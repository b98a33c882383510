"""Loads the embedded example data: the daily revenue of a shop, and the sales of 30 of its goods.

Source: "Online Retail II", UCI Machine Learning Repository, CC BY 4.0; see data/ATTRIBUTION.md.
"""

from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from gated.libraries import has_pandas

__all__ = ["goods", "shop", "shop_file"]


def shop() -> Any:
    """The daily revenue of a shop over two years, as one series.

    A frame of pandas, or a pyarrow table where pandas is not installed.

    Returns:
        739 rows, 2009-12-01 to 2011-12-09: `ds` (datetime64), `revenue` (£, float64) and `open`
        (int64, 1 on days with sales, else 0).

    >>> from gated import datasets
    >>> datasets.shop().head(2)
              ds   revenue  open
    0 2009-12-01  52591.40     1
    1 2009-12-02  62053.03     1
    """
    return _read(shop_file(), ["ds", "revenue", "open"])


def goods() -> Any:
    """The daily sales of 30 goods of the same shop, one series for each.

    A frame of pandas, or a pyarrow table where pandas is not installed.

    Returns:
        22,170 rows, 739 days of each: `unique_id` (the stock code), `ds` (datetime64), `units`
        (int64), `price` (£, float64) and `open` (int64, 1 on days with sales in the shop, else 0).

    >>> from gated import datasets
    >>> datasets.goods()["unique_id"].nunique()
    30
    """
    columns = ["unique_id", "ds", "units", "price", "open"]
    return _read(_folder() / "shop_daily_30.csv.gz", columns)


def shop_file() -> Traversable:
    """The file of the shop's data, as a resource of `importlib.resources`."""
    return _folder() / "shop_daily_total.csv.gz"


def _folder() -> Traversable:
    return resources.files("gated") / "data"


def _read(file: Traversable, columns: list[str]) -> Any:
    with resources.as_file(file) as path:
        if has_pandas():
            import pandas as pd

            return pd.read_csv(path, parse_dates=["ds"], dtype={"unique_id": str})[columns]
        import pyarrow as pa
        from pyarrow import csv

        types = {"unique_id": pa.string(), "ds": pa.timestamp("ns")}
        options = csv.ConvertOptions(column_types=types, include_columns=columns)
        return csv.read_csv(path, convert_options=options)
