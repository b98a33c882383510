"""The forecasts of each method on a task, in the order of `windows_of`.

Quantiles [M, h, 11] at the levels of `gift_eval_scores.LEVELS`.
"""

import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.zero_shot.gift_eval_scores import LEVELS, Window, without_gaps
from gated.arrays import BoolArray, FloatArray
from gated.forecast.config import ForecasterConfig
from gated.forecast.data.dataset import Dataset, build_dataset
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.evaluation.cutoff_forecasts import Cutoffs, backtest
from gated.forecast.model.inference import Network, forecast_windows
from gated.forecast.model.weights.pretrained import pretrained_network
from gated.forecast.quantiles import QUANTILES
from gated.table import Table

__all__ = [
    "MAX_FITTED_VALUES",
    "command_forecast",
    "cutoff_forecasts",
    "network_forecast",
    "statsforecast_forecasts",
    "unadapted_data",
]

MAX_FITTED_VALUES = 1_000
"""Number of last values that the statistical models are fitted to, to limit their seconds."""


_INDICES = [QUANTILES.index(level) for level in LEVELS]
_CENTRAL = (20, 40, 60, 80, 95)  # percent: the intervals whose ends are the levels


def network_forecast(table: Table, h: int, cutoffs: int) -> FloatArray:
    """The forecast of the pretrained network alone: no baseline, no conformal calibration.

    Scales are computed from the values before the first cutoff. If none of these is negative, no
    forecast is.
    """
    data = unadapted_data(table, h, cutoffs)
    unscaled = cutoff_forecasts(pretrained_network(data.source.layout), data, h, cutoffs)
    past = table.y[_before_cutoffs(table, h, cutoffs)]
    return np.maximum(unscaled, 0.0) if np.nanmin(past) >= 0 else unscaled


def unadapted_data(table: Table, h: int, cutoffs: int) -> Dataset:
    """A table as the pretrained network reads it alone, scaled by the values before the cutoffs."""
    frequency, lengths = table.frequency, table.lengths
    layout = PatchLayout.plan(
        frequency.season_length, frequency.long_season, h, int(lengths.max()) - cutoffs * h
    )
    shown = _before_cutoffs(table, h, cutoffs)
    profile = replace(TableProfile.fit(table, shown), calendar_names=())
    return build_dataset(table, profile, layout, np.zeros((len(lengths), h, 0)), shown)


def _before_cutoffs(table: Table, h: int, cutoffs: int) -> BoolArray:
    """[R] the rows before the first cutoff of each series."""
    first = table.lengths - cutoffs * h
    rows: BoolArray = np.arange(table.n_rows) < np.repeat(table.offsets[:-1] + first, table.lengths)
    return rows


def cutoff_forecasts(network: Network, data: Dataset, h: int, cutoffs: int) -> FloatArray:
    """The forecast of a network alone at the last cutoffs of each series, in its unit."""
    lengths = data.history
    series = np.repeat(np.arange(len(lengths)), cutoffs)
    cutoff = lengths[series] - np.tile(np.arange(cutoffs, 0, -1) * h, len(lengths))
    quantiles = forecast_windows(network, data.source, series, cutoff, h)
    spread, center = data.scale.spread[series], data.scale.center[series]
    scaled = quantiles[..., _INDICES].astype(np.float64)
    unscaled: FloatArray = scaled * spread[:, None, None] + center[:, None, None]
    steps = (data.offsets[series] + cutoff)[:, None] + np.arange(h)
    unscaled[data.closed[steps]] = 0.0  # as `predict` does
    return unscaled


def command_forecast(table: Table, h: int, cutoffs: int) -> FloatArray:
    """The forecast of `gated forecast` with its defaults, validated again at each cutoff."""
    config, count = ForecasterConfig(training="none"), len(table.lengths)
    forecasts = np.full((count, cutoffs, h, len(LEVELS)), np.nan)
    for number, window in enumerate(
        backtest(table, Cutoffs(h, cutoffs, h), config, (), refit=True)
    ):
        forecasts[window.series, number] = window.prediction.constrained()[..., _INDICES]
    return forecasts.reshape(-1, h, len(LEVELS))


def statsforecast_forecasts(
    names: Sequence[str], windows: Sequence[Window], season: int, threads: int
) -> dict[str, FloatArray]:
    """The forecasts of statsforecast's models, fitted to the last 1,000 values before each window.

    Gaps are filled with the last value. Where a model fails, the last value is the forecast.
    """
    from statsforecast import StatsForecast, models

    pasts = [without_gaps(window.past)[-MAX_FITTED_VALUES:] for window in windows]
    lengths = [len(past) for past in pasts]
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(len(pasts)), lengths),
            "ds": np.concatenate([np.arange(length) for length in lengths]),
            "y": np.concatenate(pasts),
        }
    )
    h = len(windows[0].y)
    engine = StatsForecast(
        models=[getattr(models, name)(season_length=season) for name in names],
        freq=1,
        fallback_model=models.Naive(),
        n_jobs=threads,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that did not converge is scored like any other
        forecast = engine.forecast(df=frame, h=h, level=list(_CENTRAL))
    forecast = forecast.sort_values(["unique_id", "ds"])

    def column(title: str) -> FloatArray:
        return np.asarray(forecast[title], dtype=np.float64).reshape(-1, h)

    return {
        name: np.stack(
            [
                *(column(f"{name}-lo-{level}") for level in reversed(_CENTRAL)),
                column(name),
                *(column(f"{name}-hi-{level}") for level in _CENTRAL),
            ],
            axis=-1,
        )
        for name in names
    }
