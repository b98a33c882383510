"""Computes the calendar features of the network, such as the day of the week."""

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.table import Frequency, Table

__all__ = ["calendar_columns", "calendar_features"]

# A calendar feature is used only if the table has at least this many cycles and values: two
# Decembers are too few to estimate an effect, and a network with little data memorises dates
# (decision 2).
_CYCLES_NEEDED = 4
_VALUES_NEEDED = 2000


def calendar_features(table: Table) -> tuple[str, ...]:
    """The names of the calendar features for which a table is long enough."""
    frequency, longest = table.frequency, int(table.lengths.max())
    if int(np.isfinite(table.y).sum()) < _VALUES_NEEDED:
        return ()
    periods = zip(frequency.feature_names, frequency.feature_periods, strict=True)
    return tuple(name for name, period in periods if longest >= _CYCLES_NEEDED * period)


def calendar_columns(
    frequency: Frequency, names: Collection[str], ds: NDArray[Any]
) -> NDArray[np.float32]:
    """[R, C] the values of calendar features at times [R]."""
    if not names:
        return np.zeros((len(ds), 0), dtype=np.float32)
    keep = [frequency.feature_names.index(name) for name in names]
    # Series share their times: the features of each distinct time are computed once.
    distinct, position = np.unique(ds, return_inverse=True)
    return np.ascontiguousarray(frequency.features(distinct)[:, keep])[position]
