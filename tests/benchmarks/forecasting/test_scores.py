"""Scores of one forecast: pooling, missing values, closed days."""

import numpy as np
import pytest

from benchmarks.forecasting.data.cut import Panel, cut
from benchmarks.forecasting.scores import Actuals, CutForecast, baseline_forecast
from tests.benchmarks.forecasting.example_cuts import forecast_with_intervals, small_cut


def test_pooled_scores_count_every_step_of_every_part_once():
    parts = [small_cut(3), small_cut(5)]
    actuals = [Actuals.of(part) for part in parts]
    forecasts = [forecast_with_intervals(part) for part in parts]
    pooled = CutForecast.pool(forecasts).scores(Actuals.pool(actuals))
    alone = [one.scores(truth) for one, truth in zip(forecasts, actuals, strict=True)]
    steps = [part.y.size for part in parts]
    for score in ("smape", "mase", "msis", "coverage_80", "coverage_95"):
        expected = np.average([scores[score] for scores in alone], weights=steps)
        assert pooled[score] == pytest.approx(expected, rel=1e-12)
    weights = [np.abs(part.y).sum() for part in parts]
    for score in ("wape", "crps"):
        expected = np.average([scores[score] for scores in alone], weights=weights)
        assert pooled[score] == pytest.approx(expected, rel=1e-12)


def test_points_only_have_no_scores_of_intervals():
    made = small_cut(3)
    scores = baseline_forecast("naive", made).scores(Actuals.of(made))
    assert set(scores) == {"smape", "mase", "wape"}


def test_a_missing_series_makes_the_scores_unknown():
    made = small_cut(3)
    points = baseline_forecast("naive", made).points
    points[0] = np.nan
    assert np.isnan(CutForecast(points).scores(Actuals.of(made))["smape"])


def test_baselines_use_the_closed_days():
    week = np.tile([5.0, 5.0, 0.0], 6)
    is_open = (week > 0).astype(float)[:, None]
    ids, offsets = np.array(["shop"], dtype=object), np.array([0, 18])
    made = cut(Panel("shop", 3, ids, offsets, np.arange(18), week, is_open, ("open",), 2))
    np.testing.assert_array_equal(baseline_forecast("seasonal_naive", made).points, [[5, 5, 0]])
