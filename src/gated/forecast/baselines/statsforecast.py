"""Forecasts with AutoETS, AutoTheta and AutoARIMA of the optional library statsforecast.

Source: Nixtla's statsforecast; the models are Hyndman & Khandakar 2008 (J. Statistical Software
27:3) and Fiorucci et al. 2016 (Int. J. Forecasting 32).
"""

import warnings
from dataclasses import replace
from importlib.util import find_spec

import numpy as np

from gated.arrays import BoolArray, FloatArray
from gated.errors import UsageError
from gated.forecast.baselines.method_forecast import MethodForecast
from gated.forecast.quantiles import QUANTILES
from gated.table import Table

__all__ = ["MODELS", "forecast_with_statsforecast", "require_statsforecast"]


MODELS = ("AutoETS", "AutoTheta", "AutoARIMA")

_LEVELS = {round(100 * (2 * q - 1)): q for q in QUANTILES if q > 0.5}  # percent: upper end


def require_statsforecast(name: str) -> None:
    """Check that statsforecast is installed.

    Raises:
        UsageError: it is not; the message has the command to install it.
    """
    if find_spec("statsforecast") is None:
        raise UsageError(
            f"{name} needs the library statsforecast, which is not installed. "
            'Install it with pip install "gated[statsforecast]".'
        )


def forecast_with_statsforecast(
    name: str, past: Table, h: int, closed_ahead: BoolArray, closed_before: BoolArray
) -> MethodForecast:
    """Fit one model to every series, and forecast.

    These models do not support missing values: they are filled with the value of one season
    before, or with the previous value; closed steps count as missing. If a model fails for a series
    (for example a short one), the forecast is the last value, with the fallback of statsforecast.

    Args:
        name: one of `MODELS`.
        past: the table up to the cutoff.
        h: steps ahead.
        closed_ahead: [n, h] steps known to be 0.
        closed_before: [R] closed past steps.
    """
    import pandas as pd  # statsforecast needs it
    from statsforecast import StatsForecast, models

    season = past.frequency.season_length
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(past.n_series), past.lengths),
            "ds": np.arange(past.n_rows) - np.repeat(past.offsets[:-1], past.lengths),
            "y": without_gaps(replace(past, y=np.where(closed_before, np.nan, past.y)), season),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # also fits that did not converge are scored
        engine = StatsForecast(
            models=[getattr(models, name)(season_length=season)],
            freq=1,
            fallback_model=models.Naive(),
        )
        found = engine.forecast(df=frame, h=h, level=list(_LEVELS))
    found = found.sort_values(["unique_id", "ds"])

    def column(title: str) -> FloatArray:
        values = found[title].to_numpy(dtype=np.float64).reshape(past.n_series, h)
        return np.where(closed_ahead, 0.0, values)

    ends = {0.5: column(name)}
    for level, quantile in _LEVELS.items():
        ends[quantile] = column(f"{name}-hi-{level}")
        ends[round(1 - quantile, 3)] = column(f"{name}-lo-{level}")
    return MethodForecast(ends[0.5], np.stack([ends[q] for q in QUANTILES], axis=-1))


def without_gaps(past: Table, season: int) -> FloatArray:
    """[R] the target; gaps have the value of one season before, else the previous value."""
    import pandas as pd

    y = pd.Series(past.y)
    series = np.repeat(np.arange(past.n_series), past.lengths)
    filled = y.fillna(y.groupby(series).shift(season))
    by_series = filled.groupby(series)
    filled = by_series.ffill().fillna(by_series.bfill())
    return np.asarray(filled.fillna(0.0), dtype=np.float64)  # a series that was always closed
