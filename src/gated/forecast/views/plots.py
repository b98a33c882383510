"""Plots the forecast of one series with matplotlib or plotly."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.plot.notebook import fan_matplotlib, fan_plotly
from gated.table import Table

__all__ = ["Engine", "drawn"]

Engine = Literal["matplotlib", "plotly"]

_PAST_HORIZONS = 4  # length of the plotted past in horizons; at least two seasons


def drawn(
    engine: str,
    table: Table,
    which: int,
    until: int,
    ds: NDArray[Any],
    columns: tuple[FloatArray, Mapping[float, tuple[FloatArray, FloatArray]]],
    actual: FloatArray | None = None,
) -> Any:
    """Plot the past and a forecast of one series.

    Args:
        engine: "matplotlib" or "plotly".
        table: the past.
        which: index of the series; cold-start series follow the last series.
        until: number of its steps before the forecast.
        ds: [h] times of the forecast.
        columns: the median [h], and level to interval.
        actual: [h] the actual values.

    Raises:
        UsageError: the engine is unknown, or not installed.
    """
    engines = {"matplotlib": fan_matplotlib, "plotly": fan_plotly}
    if engine not in engines:
        raise UsageError(f"engine is {engine!r}. Expected one of {', '.join(engines)}.")
    rows = slice(0, 0)
    label = str(np.concatenate([table.ids, table.static.cold_start_ids])[which])
    if which < table.n_series:
        begin = int(table.offsets[which])
        shown = max(_PAST_HORIZONS * len(ds), 2 * table.frequency.season_length)
        rows = slice(begin + max(0, until - shown), begin + until)
    median, bands = columns
    return engines[engine](
        table.ds[rows],
        table.y[rows],
        ds,
        median,
        bands,
        actual=actual,
        title=label,
        y_label=table.schema.target_col,
    )
