"""Forecasts of a task: order, quantiles, no value from the future."""

import numpy as np
import pandas as pd

from benchmarks.zero_shot.forecasts import (
    command_forecast,
    network_forecast,
    statsforecast_forecasts,
)
from benchmarks.zero_shot.gift_eval_scores import score, windows_of
from gated import read_table
from tests.benchmarks.zero_shot.example_tables import daily_series


def test_the_network_uses_no_value_after_the_cutoff():
    frame = daily_series()
    changed = frame.copy()
    late = changed["ds"] >= changed["ds"].max() - pd.Timedelta(days=13)
    changed.loc[late, "y"] = 1e6
    first, second = (network_forecast(read_table(f), 7, 2) for f in (frame, changed))
    assert first.shape == (4, 7, 11)
    np.testing.assert_array_equal(first[::2], second[::2])
    assert (np.diff(first, axis=-1) >= 0).all()
    assert (first >= 0).all()


def test_the_command_forecasts_in_the_order_of_the_windows():
    table = read_table(daily_series())
    quantiles = command_forecast(table, 7, 2)
    assert quantiles.shape == (4, 7, 11)
    assert score(list(windows_of(table, 7, 2)), quantiles, 7).mase < 2


def test_statsforecast_forecasts_rising_quantiles():
    windows = list(windows_of(read_table(daily_series()), 7, 2))
    quantiles = statsforecast_forecasts(("AutoTheta",), windows, 7, 1)["AutoTheta"]
    assert quantiles.shape == (4, 7, 11)
    assert (np.diff(quantiles, axis=-1) >= 0).all()
    assert score(windows, quantiles, 7).mase < 2
