"""Explains the forecasts of some series of a table."""

from collections.abc import Sequence

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.data.dataset import Dataset
from gated.forecast.explain.contributions import contributions
from gated.forecast.explain.drivers import PastDrivers
from gated.forecast.explain.explanation import Explanation
from gated.forecast.explain.number import ExplainedNumber, NumberName
from gated.forecast.explain.series_explanation import explained
from gated.forecast.training.fitted import Fitted
from gated.table import Table
from gated.text import counted

__all__ = ["explain", "few_of"]

_FEW = 3


def explain(
    fitted: Fitted,
    table: Table,
    data: Dataset,
    future: FloatArray,
    number: NumberName,
    series: Sequence[int],
) -> Explanation:
    """Explain the forecasts of some series.

    Args:
        fitted: the fit.
        table: the past.
        data: its rows, and those of the steps ahead.
        future: [N, h, F] covariates of the steps ahead.
        number: which number of each step is explained.
        series: indices of the series, one at least.
    """
    h, season = future.shape[1], table.frequency.season_length
    layout = data.source.layout
    drivers = PastDrivers.of(table.frequency, layout.long_season)
    ahead = table.frequency.future(table.last_ds, h)
    found = []
    for one in series:
        explained_number = ExplainedNumber(number, fitted, data, one, h, season)
        parts = contributions(explained_number, table, future, fitted.profile.groups)
        past_ds = table.ds[table.offsets[one] : table.offsets[one + 1]]
        found.append(explained(table.ids[one], ahead[one], past_ds, parts, drivers))
    steps = layout.context * layout.patch
    seasons = layout.context * layout.patch / season
    span = counted(int(seasons), drivers.season_noun) if season > 1 and seasons.is_integer() else ""
    whole = max(int(data.history[one]) for one in series) <= steps
    reference = "all past values" if whole else f"the last {span or counted(steps, drivers.noun)}"
    return Explanation(table, number, tuple(found), f"the mean of {reference}")


def few_of(count: int) -> list[int]:
    """The indices of a few of many series, chosen evenly; the first is among them.

    >>> few_of(2), few_of(500)
    ([0, 1], [0, 250, 499])
    """
    indices: list[int] = np.unique(np.linspace(0, count - 1, min(count, _FEW)).round()).tolist()
    return [int(index) for index in indices]
