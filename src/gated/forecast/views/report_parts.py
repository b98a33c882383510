"""Provides the common parts of the reports of forecasts and backtests."""

import numpy as np

from gated._version import __version__
from gated.table import Table
from gated.text import listed

__all__ = ["common_settings", "finite_or_none"]


def common_settings(table: Table, h: int) -> dict[str, str]:
    """The version, the horizon and the input columns of forecasts, by name."""
    inputs = {
        "covariates": table.covariate_names,
        "past covariates": table.past_names,
        "static features": table.static.names,
    }
    named = {what: listed(names) for what, names in inputs.items() if names}
    return {"version": __version__, "horizon": f"{h:,} steps", **named}


def finite_or_none(value: float) -> float | None:
    """A finite number for a table cell, else None."""
    return float(value) if np.isfinite(value) else None
