"""Forecasts the series of a bucket in groups, so that the number of buckets changes no bit.

Matrix products round by the place of a row among the others. So the series that pass through the
network together must be the same for any number of buckets: those of a group. Groups and buckets
are ranges of hashes; their numbers are powers of two, so that a bucket has whole groups.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from gated.scale.columns import SeriesColumns
from gated.scale.hashing import buckets_of

__all__ = ["SMALLEST_GROUP", "group_count", "in_groups"]

SMALLEST_GROUP = 64
"""Series of a group, at least; at most twice as many. Smaller ones take more time a series."""


def group_count(n_series: int, n_buckets: int) -> int:
    """The number of groups of a table: that of its series decides, unless buckets are smaller.

    >>> group_count(30_490, 128), group_count(30_490, 1), group_count(30_490, 4_096)
    (256, 256, 4096)
    """
    whole = max(1, n_series // SMALLEST_GROUP)
    return max(n_buckets, 1 << (whole.bit_length() - 1))


def in_groups(
    rows: pa.Table,
    columns: SeriesColumns,
    n_groups: int,
    run: Callable[[pa.Table], pa.Table],
) -> pa.Table:
    """The results of a function of all rows of each group, in the order of the groups.

    Args:
        rows: of some buckets.
        columns: of the rows.
        n_groups: of the whole table.
        run: its result has the same schema for any rows.
    """
    groups = buckets_of(columns.hashes(rows), n_groups)
    order = np.argsort(groups, kind="stable")
    bounds = np.flatnonzero(np.diff(groups[order], prepend=-1, append=n_groups))
    ordered = rows.combine_chunks().take(pa.array(order))
    made = [
        run(ordered.slice(begin, end - begin))
        for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    ]
    return pa.concat_tables(made).combine_chunks() if made else run(rows)
