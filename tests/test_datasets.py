"""The embedded example data, as users get them."""

import pandas as pd

from gated import datasets


def test_the_shop_is_one_daily_series() -> None:
    shop = datasets.shop()
    assert shop.columns.tolist() == ["ds", "revenue", "open"]
    assert shop["ds"].diff().dropna().eq(pd.Timedelta(days=1)).all()
    assert (shop["ds"].min(), shop["ds"].max()) == (
        pd.Timestamp("2009-12-01"),
        pd.Timestamp("2011-12-09"),
    )
    assert (shop.loc[shop["open"] == 0, "revenue"] == 0).all()


def test_the_goods_are_thirty_series_of_the_same_days() -> None:
    goods = datasets.goods()
    assert goods.columns.tolist() == ["unique_id", "ds", "units", "price", "open"]
    assert goods.groupby("unique_id").size().tolist() == [739] * 30
    assert "15056N" in set(goods["unique_id"])
    assert (goods["price"] > 0).all()


def test_each_call_gives_a_frame_of_its_own() -> None:
    mine = datasets.shop()
    mine["revenue"] = 0.0
    assert datasets.shop()["revenue"].sum() > 0
