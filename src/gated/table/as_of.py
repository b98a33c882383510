"""Cuts each series of a table off at a cutoff, for validation and cross-validation.

The result has only rows up to the cutoff, as if the table had been read at that time.
"""

from dataclasses import replace

import numpy as np

from gated.arrays import IntArray
from gated.table.table import Table

__all__ = ["as_of"]


def as_of(table: Table, end: IntArray) -> tuple[Table, IntArray]:
    """Keep only the first steps of each series.

    Args:
        table: the whole table.
        end: [N] number of steps of each series up to the cutoff.

    Returns:
        The table of those series that have an observed value up to the cutoff, and their [n]
        int64 indices in the whole table.

    >>> import pandas as pd
    >>> from gated import read_table
    >>> days = pd.date_range("2024-01-01", periods=4)
    >>> table = read_table(pd.DataFrame({"ds": days, "y": [5.0, 6.0, 7.0, 8.0]}))
    >>> as_of(table, np.array([3]))[0].y.tolist()
    [5.0, 6.0, 7.0]
    """
    lengths = np.clip(end, 0, table.lengths)
    step = np.arange(table.n_rows) - np.repeat(table.offsets[:-1], table.lengths)
    was = step < np.repeat(lengths, table.lengths)
    observed = np.add.reduceat(was & np.isfinite(table.y), table.offsets[:-1])
    kept = np.flatnonzero(observed > 0)
    was &= np.repeat(observed > 0, table.lengths)
    return (
        replace(
            table,
            ids=table.ids[kept],
            offsets=np.concatenate([[0], np.cumsum(lengths[kept])]),
            ds=table.ds[was],
            y=table.y[was],
            covariates=table.covariates[was],
            past_covariates=table.past_covariates[was],
            static=table.static.of(kept),
        ),
        kept,
    )
