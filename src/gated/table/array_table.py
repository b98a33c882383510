"""Builds a table from arrays of values, without times and names."""

from collections.abc import Sequence

import numpy as np

from gated.arrays import FloatArray
from gated.table.schema import Schema, TimeForm
from gated.table.series.static_features import Static
from gated.table.table import Table
from gated.table.time.calendar import Frequency
from gated.table.time.season import detect_long_season, detect_season

__all__ = ["table_of_arrays"]


def table_of_arrays(series: Sequence[FloatArray], season: int | None = None) -> Table:
    """Build a table of series with the steps 0, 1, 2 … and the labels 0, 1, 2 …

    Args:
        series: N series, each [T] float64 with at least one step; NaN where not observed.
        season: steps in the main cycle; None: found in the values.

    Raises:
        UsageError: `season` is out of range.

    >>> table_of_arrays([np.tile([1.0, 2.0, 3.0, 9.0], 20)]).frequency
    Frequency(alias='1', season_length=4, long_season=None)
    """
    lengths = [len(values) for values in series]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    y = np.concatenate(series)
    longer = None
    is_found = season is None
    if season is None:
        season = detect_season(y, offsets)
        longer = detect_long_season(y, offsets, season) if season > 1 else None
    nothing = np.zeros((len(y), 0))
    return Table(
        ids=np.arange(len(series)).astype(object),
        offsets=offsets,
        ds=np.concatenate([np.arange(length) for length in lengths]),
        y=y,
        covariates=nothing,
        covariate_names=(),
        past_covariates=nothing,
        past_names=(),
        categories={},
        static=Static.none(len(series)),
        frequency=Frequency.of("1", season, longer),
        schema=Schema("unique_id", "ds", "y", TimeForm("integer"), has_id_col=len(series) > 1),
        notes=(),
        rejected={},
        season_found=is_found,
    )
