"""Small cuts of random series, and a forecast with deciles and intervals."""

import numpy as np

from benchmarks.forecasting.data.cut import Panel, cut
from benchmarks.forecasting.scores import CutForecast, baseline_forecast


def small_cut(h, rows=2, length=30, season=4):
    random = np.random.default_rng(h)
    return cut(
        Panel(
            name=f"h{h}",
            h=h,
            ids=np.array([f"{h}-{row}" for row in range(rows)], dtype=object),
            offsets=np.arange(rows + 1) * length,
            ds=np.tile(np.arange(length), rows),
            y=random.normal(10, 2, rows * length),
            covariates=np.ones((rows * length, 0)),
            covariate_names=(),
            season_length=season,
        )
    )


def forecast_with_intervals(made):
    """Deciles and intervals around the seasonal naive forecast."""
    points = baseline_forecast("seasonal_naive", made).points
    deciles = points[..., None] + np.linspace(-2, 2, 9)
    return CutForecast(
        points, deciles, {80: (points - 2, points + 2), 95: (points - 4, points + 4)}
    )
