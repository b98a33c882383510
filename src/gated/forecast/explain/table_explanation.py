"""Explains the forecasts of some series of a table."""

from collections.abc import Sequence

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.errors import UsageError
from gated.forecast.data.dataset import Dataset
from gated.forecast.data.future_rows import FutureRows
from gated.forecast.explain.contributions import contributions
from gated.forecast.explain.drivers import PastDrivers
from gated.forecast.explain.explanation import Explanation
from gated.forecast.explain.number import ExplainedNumber, NumberName
from gated.forecast.explain.series_explanation import explained
from gated.forecast.training.fitted import Fitted
from gated.table import Table
from gated.text import counted, option

__all__ = ["MOST_CELLS", "explain", "few_of"]

_FEW = 3
MOST_CELLS = 30_000_000
"""Contributions that are computed at once: each takes about 80 bytes for a while."""


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

    Raises:
        UsageError: the forecast steps times the past steps are too many to hold.
    """
    cells = future.shape[1] * int(data.history[list(series)].sum())
    if cells > MOST_CELLS:
        raise UsageError(
            f"An explanation of {counted(len(series), 'series', 'series')} has {cells:,} "
            f"parts, one for each forecast step and past value. At most {MOST_CELLS:,} fit. "
            f"Name one of the series with {option('series')}, or give a shorter past or horizon."
        )
    h, season = future.shape[1], table.frequency.season_length
    layout = data.source.layout
    drivers = PastDrivers.of(table.frequency, layout.long_season)
    ahead = table.frequency.future(table.last_ds, h)
    rows = None if fitted.profile.regression is None else FutureRows.of(table, future)
    found = []
    for one in series:
        explained_number = ExplainedNumber(number, fitted, data, one, h, season)
        parts = contributions(explained_number, rows, table.frequency.grid)
        past_ds = table.ds[table.offsets[one] : table.offsets[one + 1]]
        found.append(explained(table.ids[one], ahead[one], past_ds, parts, drivers))
    steps = layout.context * layout.patch
    seasons = layout.context * layout.patch / season
    span = counted(int(seasons), drivers.season_noun) if season > 1 and seasons.is_integer() else ""
    whole = max((int(data.history[one]) for one in series), default=0) <= steps
    reference = "all past values" if whole else f"the last {span or counted(steps, drivers.noun)}"
    return Explanation(table, number, tuple(found), f"the mean of {reference}")


def few_of(history: IntArray, h: int) -> list[int]:
    """The indices of a few of many series, chosen evenly, as far as they can be explained.

    Args:
        history: [N] past steps of each series.
        h: steps ahead.

    >>> few_of(np.full(2, 90), 28), few_of(np.full(500, 90), 28), few_of(np.full(9, 10**6), 99)
    ([0, 1], [0, 250, 499], [])
    """
    chosen = np.unique(np.linspace(0, len(history) - 1, min(len(history), _FEW)).round())
    indices = [int(index) for index in chosen]
    while indices and h * int(history[indices].sum()) > MOST_CELLS:
        indices.pop()
    return indices
