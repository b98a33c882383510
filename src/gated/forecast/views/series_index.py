"""Finds a series by its label."""

import numpy as np

from gated.arrays import ObjectArray
from gated.errors import UsageError

__all__ = ["index_of"]


def index_of(ids: ObjectArray, series: object) -> int:
    """The index of a series by its label; 0 for None.

    Raises:
        UsageError: there is no such series.
    """
    if series is None:
        return 0
    found = np.flatnonzero([str(label) == str(series) for label in ids])
    if not len(found):
        raise UsageError(
            f"There is no series {series!r}. Expected one of {len(ids):,} labels, such as "
            f"{str(ids[0])!r}."
        )
    return int(found[0])
