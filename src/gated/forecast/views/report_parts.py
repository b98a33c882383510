"""Provides the common parts of the reports of forecasts and backtests."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated._version import __version__
from gated.forecast.views.period_text import steps_text
from gated.report import Zone
from gated.table import Table
from gated.table.time.calendar import Frequency
from gated.text import listed

__all__ = ["common_settings", "finite_or_none", "first_view", "zone_of"]

_SEASONS_SHOWN = 2


def common_settings(table: Table, h: int) -> dict[str, str]:
    """The version, the horizon and the input columns of forecasts, by name."""
    inputs = {
        "covariates": table.covariate_names,
        "past covariates": table.past_names,
        "static features": table.static.names,
    }
    named = {what: listed(names) for what, names in inputs.items() if names}
    return {"version": __version__, "horizon": steps_text(h, table.frequency), **named}


def finite_or_none(value: float) -> float | None:
    """A finite number for a table cell, else None."""
    return float(value) if np.isfinite(value) else None


def first_view(frequency: Frequency, long_season: float | None = None) -> int:
    """Steps of the past that a chart shows at first: a long season, or else two seasons.

    Args:
        frequency: of the table.
        long_season: steps in the longest season that the forecast reads, if it is known.

    >>> first_view(Frequency.of("D"), 365.25), first_view(Frequency.of("MS"))
    (366, 24)
    """
    longest = math.ceil(long_season or frequency.long_season or 0)
    return max(longest, _SEASONS_SHOWN * frequency.season_length)


def zone_of(table: Table, *times: NDArray[Any]) -> Zone | None:
    """The zone in which the times of a table are written; None for times without a zone.

    Args:
        table: the past.
        times: further times of the report, of any shape.
    """
    name = table.schema.time_zone
    if name is None:
        return None
    ds = np.unique(np.concatenate([table.ds, *(more.reshape(-1) for more in times)]))
    offsets = (table.local(ds) - ds).astype("m8[s]").astype(np.int64)
    changes = np.flatnonzero(np.diff(offsets, prepend=offsets[:1] + 1))
    return Zone(name, ds[changes], offsets[changes])
