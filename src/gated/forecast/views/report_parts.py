"""What the reports of forecasts and backtests have in common."""

import numpy as np

from gated._version import __version__
from gated.table import Table
from gated.text import listed

__all__ = ["finite_or_none", "made_with"]


def made_with(table: Table, h: int) -> dict[str, str]:
    """The version, the horizon and the columns that forecasts were made with, by name."""
    inputs = {
        "known ahead": table.covariate_names,
        "known to the present": table.past_names,
        "static features": table.static.names,
    }
    named = {what: listed(names) for what, names in inputs.items() if names}
    return {"version": __version__, "horizon": f"{h:,} steps", **named}


def finite_or_none(value: float) -> float | None:
    """A number for a table cell; None where there is none."""
    return float(value) if np.isfinite(value) else None
