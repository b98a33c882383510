"""Round trips into `evaluate` of utilsforecast, whose columns `Forecaster` has."""

import pytest

pytest.importorskip("utilsforecast", reason="utilsforecast is not installed here")

from utilsforecast.evaluation import evaluate
from utilsforecast.losses import coverage, mae, mase, quantile_loss, scaled_crps

import gated
from gated import Forecaster

GOODS = gated.datasets.goods().rename(columns={"units": "y"})[["unique_id", "ds", "y"]]
FEW = GOODS[GOODS.unique_id.isin(GOODS.unique_id.unique()[:4])]
SEASON = 6  # the shop is closed on Saturdays


def test_a_forecast_with_the_actual_values_is_scored() -> None:
    last = FEW.ds.max() - 14 * (FEW.ds.iloc[1] - FEW.ds.iloc[0])
    past, actual = FEW[last >= FEW.ds], FEW[last < FEW.ds]
    made = Forecaster().predict(past, 14, level=80).merge(actual, on=["unique_id", "ds"])
    scores = evaluate(made, [mae], models=["gated", "gated-mean"]).set_index("unique_id")
    assert len(scores) == 4
    for name, part in made.groupby("unique_id"):
        assert scores.loc[name, "gated"] == pytest.approx((part.y - part.gated).abs().mean())


def test_every_kind_of_loss_reads_a_cross_validation() -> None:
    made = Forecaster().cross_validation(FEW, h=7, n_windows=2, level=[80])

    def seasonal_mase(df, models, id_col, target_col, train_df, **columns):  # type: ignore[no-untyped-def]
        return mase(df, models, SEASON, train_df, id_col=id_col, target_col=target_col)

    losses = [mae, seasonal_mase, coverage, quantile_loss, scaled_crps]
    scores = evaluate(made, losses, models=["gated"], level=[80], train_df=FEW)
    assert scores["gated"].notna().all()
    assert scores["cutoff"].nunique() == 2
    mean = scores.groupby("metric")["gated"].mean()
    assert 0.6 <= mean["coverage_level80"] <= 1
    assert mean["seasonal_mase"] < 1.5
