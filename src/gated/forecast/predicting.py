"""From what was fitted and a table to the columns of a forecast."""

import numpy as np
from numpy.typing import NDArray

from gated.forecast.fitting import Fitted
from gated.forecast.inference import forecast_windows
from gated.forecast.judging import rule_points
from gated.forecast.prepare import Extended, extend
from gated.forecast.result import Asked, respect
from gated.table import Table

__all__ = ["forecast_columns"]

FloatArray = NDArray[np.float64]


def forecast_columns(
    fitted: Fitted, table: Table, future: FloatArray, asked: Asked
) -> dict[str, FloatArray]:
    """Forecast the steps after each series' end.

    Args:
        fitted: network, facts and verdict.
        table: the past, in the columns of the table that was fitted.
        future: [N, h, F] known-future covariates; F may be 0.
        asked: which columns.

    Returns:
        Name to [N, h] values, on the series' own axis.
    """
    facts = fitted.facts
    data = extend(table, facts, fitted.network.config.layout, future)
    values = _quantiles(fitted, table, future.shape[1], data)
    closed = facts.is_closed(future)
    return {
        name: respect(column, non_negative=facts.non_negative, integer=facts.integer, closed=closed)
        for name, column in asked.read(values).items()
    }


def _quantiles(fitted: Fitted, table: Table, h: int, data: Extended) -> FloatArray:
    """[N, h, Q] network and rule mixed as the verdict says, sorted."""
    network, verdict = fitted.network, fitted.verdict
    series = np.arange(len(table.ids))
    scaled = forecast_windows(network, data.source, series, data.history, h)
    points = None
    if verdict.share < 1:
        season = table.frequency.season_length
        points = rule_points(verdict.rule, data, series, data.history, h, season)
    return data.scale.inverse(verdict.mix(scaled.astype(np.float64), points))
