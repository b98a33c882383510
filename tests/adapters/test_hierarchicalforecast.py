"""Round trips into `reconcile` of hierarchicalforecast.

`make adapters` runs this file where hierarchicalforecast is installed.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip(
    "hierarchicalforecast",
    reason="hierarchicalforecast is not installed here; `make adapters` installs it",
)

from hierarchicalforecast.core import HierarchicalReconciliation
from hierarchicalforecast.methods import BottomUp, MinTrace, TopDown
from hierarchicalforecast.utils import aggregate

import gated
from gated import Forecaster

GOODS = gated.datasets.goods().rename(columns={"units": "y"})


@pytest.fixture(scope="module")
def hierarchy() -> tuple[pd.DataFrame, Any, Any]:
    """All series of two levels above six goods, the summing matrix and the levels."""
    goods = GOODS[GOODS.unique_id.isin(GOODS.unique_id.unique()[:6])]
    goods = goods.assign(shop="shop", shelf=goods.unique_id.str[:2], good=goods.unique_id)
    goods = goods.drop(columns="unique_id")
    levels = [["shop"], ["shop", "shelf"], ["shop", "shelf", "good"]]
    Y_df, S_df, tags = aggregate(goods[["shop", "shelf", "good", "ds", "y"]], levels)
    return Y_df, S_df, tags


def incoherence(made: pd.DataFrame, S_df: pd.DataFrame, column: str) -> float:
    """How far the sums of the lowest level are from the levels above, at most."""
    values = made.pivot(index="unique_id", columns="ds", values=column)
    S = S_df.set_index("unique_id")
    return float(np.abs(values.loc[S.index] - S @ values.loc[S.columns]).to_numpy().max())


def test_forecasts_of_gated_are_reconciled(hierarchy: Any) -> None:
    Y_df, S_df, tags = hierarchy
    forecast = Forecaster().predict(Y_df, 7, level=[])[["unique_id", "ds", "gated-mean"]]
    methods = [BottomUp(), TopDown(method="forecast_proportions"), MinTrace(method="ols")]
    made = HierarchicalReconciliation(methods).reconcile(forecast, S_df=S_df, tags=tags)
    assert len(made.columns) == 3 + len(methods)
    assert incoherence(made, S_df, "gated-mean") > 1
    for column in made.columns[3:]:
        assert incoherence(made, S_df, column) < 1e-6


def test_intervals_and_errors_of_a_backtest_are_used(hierarchy: Any) -> None:
    Y_df, S_df, tags = hierarchy
    forecast = Forecaster().predict(Y_df, 7, level=[80]).drop(columns="gated-mean")
    backtest = Forecaster().cross_validation(Y_df, h=7, n_windows=4, level=[])
    past = backtest[["unique_id", "ds", "y", "gated"]]
    methods = [MinTrace(method="mint_shrink")]
    made = HierarchicalReconciliation(methods).reconcile(
        forecast, S_df=S_df, tags=tags, Y_df=past, level=[80]
    )
    name = "gated/MinTrace_method-mint_shrink"
    assert incoherence(made, S_df, name) < 1e-6
    assert (made[f"{name}-lo-80"] <= made[f"{name}-hi-80"]).all()


def test_the_example_of_the_guide_prints_its_output(check_guide: Callable[[str], None]) -> None:
    check_guide("Nixtla's evaluate and reconcile")
