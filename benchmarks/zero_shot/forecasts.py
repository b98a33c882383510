"""What each method forecasts on a task: deciles [M, h, 9], windows in the order of `windows_of`."""

import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.zero_shot.gift_eval_scores import DECILES, Window, filled
from gated.arrays import FloatArray
from gated.forecast.config import ForecasterConfig
from gated.forecast.data.dataset import build_dataset
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.rows import before
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.evaluation.backtest import Cutoffs, backtest
from gated.forecast.model.inference import forecast_windows
from gated.forecast.model.pretrained import pretrained_network
from gated.forecast.quantiles import QUANTILES
from gated.table import Table

__all__ = ["MOST_FITTED", "command", "network", "statistical"]

MOST_FITTED = 1_000
"""Values of the past that the statistical models are fitted to: years of minutes take hours."""


_AT = [QUANTILES.index(round(float(level), 1)) for level in DECILES]


def network(table: Table, h: int, cutoffs: int) -> FloatArray:
    """The shipped network alone: no rule beside it, nothing calibrated.

    Scales are measured before the first cutoff; a table without a value below 0 before it is
    forecast without one.
    """
    frequency, lengths = table.frequency, table.lengths
    first = lengths - cutoffs * h
    layout = PatchLayout.plan(
        frequency.season_length, frequency.long_season, h, int(lengths.max()) - cutoffs * h
    )
    past = table.y[before(first, table.offsets)]
    facts = replace(TableProfile.learn(table, first), calendar_names=())
    data = build_dataset(table, facts, layout, np.zeros((len(lengths), h, 0)), first)
    series = np.repeat(np.arange(len(lengths)), cutoffs)
    back = np.tile(np.arange(cutoffs, 0, -1) * h, len(lengths))
    found = forecast_windows(
        pretrained_network(layout), data.source, series, lengths[series] - back, h
    )
    spread, center = data.scale.spread[series], data.scale.center[series]
    deciles = found[..., _AT].astype(np.float64) * spread[:, None, None] + center[:, None, None]
    return np.maximum(deciles, 0.0) if np.nanmin(past) >= 0 else deciles


def command(table: Table, h: int, cutoffs: int) -> FloatArray:
    """`gated forecast` as it answers by default, judged anew at each cutoff."""
    settings, count = ForecasterConfig(training="none"), len(table.lengths)
    found = np.full((count, cutoffs, h, len(DECILES)), np.nan)
    for turn, window in enumerate(
        backtest(table, Cutoffs(h, cutoffs, h), settings, (), refit=True)
    ):
        found[window.series, turn] = window.prediction.kept()[..., _AT]
    return found.reshape(-1, h, len(DECILES))


def statistical(
    names: Sequence[str], windows: Sequence[Window], season: int, threads: int
) -> dict[str, FloatArray]:
    """statsforecast's models, fitted to the last 1,000 values before each window.

    Gaps are filled with the last value. What a model refuses is forecast by the last value.
    """
    from statsforecast import StatsForecast, models

    pasts = [filled(window.past)[-MOST_FITTED:] for window in windows]
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
        warnings.simplefilter("ignore")  # of fits that did not converge: their forecasts are scored
        found = engine.forecast(df=frame, h=h, level=[20, 40, 60, 80])
    found = found.sort_values(["unique_id", "ds"])

    def column(title: str) -> FloatArray:
        return np.asarray(found[title], dtype=np.float64).reshape(-1, h)

    return {
        name: np.stack(
            [
                *(column(f"{name}-lo-{level}") for level in (80, 60, 40, 20)),
                column(name),
                *(column(f"{name}-hi-{level}") for level in (20, 40, 60, 80)),
            ],
            axis=-1,
        )
        for name in names
    }
