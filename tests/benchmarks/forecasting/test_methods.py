"""Baselines and published methods on one cut, and the check against M4's seasonal naive."""

import numpy as np
import pytest

from benchmarks.forecasting.data.datasets import M3, M4_HOURLY, Columns, load_cuts
from benchmarks.forecasting.methods import (
    POOLED,
    Method,
    add_owa,
    check_seasonal_naive,
    published_methods,
    simple_baselines,
)
from benchmarks.forecasting.scores import baseline_forecast
from gated.errors import GatedError
from gated.forecast import metrics
from tests.benchmarks.forecasting.example_cuts import small_cut


def test_owa_is_added_only_where_naive2_is_published():
    baselines = simple_baselines([small_cut(3)])
    add_owa("shop", baselines)
    assert "owa" not in baselines[0].runs[POOLED][0]


def test_m4_seasonal_naive_has_the_published_scores(m4_hourly):
    cuts, data, anchors = m4_hourly
    published = published_methods(M4_HOURLY, cuts, data, anchors)
    sentence = check_seasonal_naive(simple_baselines(cuts), published)
    assert "sMAPE 13.912 (published 13.912)" in sentence
    assert "MASE 1.193 (published 1.193)" in sentence


def test_a_seasonal_naive_that_differs_is_an_error(m4_hourly):
    cuts, data, anchors = m4_hourly
    published = published_methods(M4_HOURLY, cuts, data, anchors)
    wrong = Method("seasonal_naive", "", {POOLED: [{"smape": 13.9, "mase": 1.193}]})
    with pytest.raises(GatedError, match=r"13\.900 \(published 13\.912\).*--data-dir"):
        check_seasonal_naive([wrong], published)


def test_m3_published_forecasts_belong_to_the_right_series(data, anchors):
    if not (data.path / "forecast/m3_published_forecasts.npz").is_file():
        pytest.skip(f"forecast/m3_published_forecasts.npz is not in {data.path}")
    cuts = load_cuts(M3, data, columns=Columns(), horizon=None, validation=False)
    published = {method.name: method for method in published_methods(M3, cuts, data, anchors)}
    assert len(published) == 24
    add_owa(M3, list(published.values()))
    assert published["NAIVE2"].runs[POOLED][0]["owa"] == 1
    # For series without a season Naive2 repeats the last value, as our naive baseline does.
    yearly = next(part for part in cuts if part.name == "yearly")
    ours = metrics.smape(yearly.y, baseline_forecast("naive", yearly).points)
    assert published["NAIVE2"].runs["yearly"][0]["smape"] == pytest.approx(ours, abs=1e-3)
    # Two methods did not forecast the part "other": they have no pooled score.
    assert np.isnan(published["AAM1"].runs[POOLED][0]["smape"])
    assert published["AAM1"].runs["monthly"][0]["smape"] == pytest.approx(15.67, abs=5e-3)
