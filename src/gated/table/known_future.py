"""Where a table holds its own future: rows after the last observed target."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray
from gated.table.columns.content import UNKNOWN
from gated.table.schema import to_frame
from gated.table.table import Table
from gated.text import counted

__all__ = ["split_known_future"]


def split_known_future(table: Table) -> tuple[Table, Any]:
    """Part a table into its past and the rows after it whose covariates are already known.

    A row belongs to the future when it lies after the last observed target of its series and some
    covariate is filled in.

    Args:
        table: read with covariates.

    Returns:
        The table up to each series' last observation, and a frame of the future rows (id, time,
        covariates) for `Forecaster.predict(X_df=…)`; the split is said in the table's notes.
        Without covariates such rows say nothing, and the frame is only their times.
        The same table and None where it ends with an observation in every series.

    >>> import pandas as pd
    >>> from gated import read_table
    >>> days = pd.date_range("2024-01-01", periods=4)
    >>> frame = pd.DataFrame({"ds": days, "y": [5.0, 6.0, None, None], "open": [1, 1, 0, 1]})
    >>> past, future = split_known_future(read_table(frame, covariates=["open"]))
    >>> past.n_rows, future["open"].tolist()
    (2, [0.0, 1.0])
    """
    row = np.arange(table.n_rows)
    seen = np.where(np.isfinite(table.y), row, -1)
    last = np.maximum.reduceat(seen, table.offsets[:-1])  # [N], the row last observed
    ahead = row > np.repeat(last, table.lengths)
    if not ahead.any():
        return table, None

    known = ahead
    if table.covariate_names:
        known = ahead & np.isfinite(table.covariates).any(axis=1)
    schema = table.schema
    columns: dict[str, Any] = {
        schema.id_col: np.repeat(table.ids, table.lengths)[known],
        schema.time_col: table.ds[known],
    }
    for index, name in enumerate(table.covariate_names):
        columns[name] = _as_written(table, name, table.covariates[known, index])
    past = replace(
        table,
        offsets=np.concatenate([[0], np.cumsum(last + 1 - table.offsets[:-1])]),
        ds=table.ds[~ahead],
        y=table.y[~ahead],
        covariates=table.covariates[~ahead],
        past_covariates=table.past_covariates[~ahead],
        notes=(*table.notes, _said(table, int(ahead.sum()), int(known.sum()))),
    )
    return past, to_frame(schema, columns) if known.any() else None


def _as_written(table: Table, name: str, values: FloatArray) -> NDArray[Any]:
    """A covariate as it came: categories by their labels, None where missing.

    The word of a category that a model does not know is not kept: "another" stands for all.
    """
    if name not in table.categories:
        return values
    known = table.categories[name]
    other = "another"
    while other in known:
        other += "*"
    labels = np.array([*known, None, other], dtype=object)
    index = np.where(np.isnan(values), len(known), np.where(values == UNKNOWN, -1, values))
    written: NDArray[Any] = labels[index.astype(np.int64)]
    return written


def _said(table: Table, ahead: int, known: int) -> str:
    names = ", ".join(f"`{name}`" for name in table.covariate_names)
    if not (names and known):
        return (
            f"{counted(ahead, 'row')} after the last `{table.schema.target_col}` of their series "
            "left out: the forecast begins there."
        )
    return (
        f"{names} known in {counted(known, 'row')} after the last `{table.schema.target_col}`: "
        "taken as the known future."
    )
