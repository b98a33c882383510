"""Splits off a table's known future: rows after the last observed target of their series.

A table often contains covariates of future steps, with an empty target.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray
from gated.table.columns.content import UNKNOWN
from gated.table.schema import to_frame
from gated.table.series.panel import is_after_last
from gated.table.table import Table
from gated.text import counted

__all__ = ["as_written", "split_known_future"]


def split_known_future(table: Table) -> tuple[Table, Any]:
    """Split a table into its past and the future rows whose covariates are already known.

    A row is a future row if it comes after the last observed target of its series and at least
    one covariate has a value.

    Args:
        table: read with covariates.

    Returns:
        The table up to the last observation of each series, and a frame of the future rows (id,
        time, covariates) for `Forecaster.predict(X_df=…)`. A note of the table describes the
        split. Without covariates, the frame has only the ids and times of these rows. If every
        series ends with an observation: the same table and None.

    >>> import pandas as pd
    >>> from gated import read_table
    >>> days = pd.date_range("2024-01-01", periods=4)
    >>> frame = pd.DataFrame({"ds": days, "y": [5.0, 6.0, None, None], "open": [1, 1, 0, 1]})
    >>> past, future = split_known_future(read_table(frame, covariates=["open"]))
    >>> past.n_rows, future["open"].tolist()
    (2, [0.0, 1.0])
    """
    ahead = is_after_last(table.y, table.offsets)
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
        columns[name] = as_written(table, name, table.covariates[known, index])
    past = replace(
        table,
        offsets=np.append(0, np.cumsum(~ahead))[table.offsets],
        ds=table.ds[~ahead],
        y=table.y[~ahead],
        covariates=table.covariates[~ahead],
        past_covariates=table.past_covariates[~ahead],
        notes=(*table.notes, _split_note(table, int(ahead.sum()), int(known.sum()))),
    )
    return past, to_frame(schema, columns) if known.any() else None


def as_written(table: Table, name: str, values: FloatArray) -> NDArray[Any]:
    """A covariate as in the input: categories as labels, None where missing.

    The label of an unknown category is not stored: all of them become "another".
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


def _split_note(table: Table, ahead: int, known: int) -> str:
    names = ", ".join(f"`{name}`" for name in table.covariate_names)
    if not (names and known):
        return (
            f"{counted(ahead, 'row')} after the last `{table.schema.target_col}` of their series "
            "left out: the forecast begins there."
        )
    return (
        f"{counted(known, 'row')} after the last `{table.schema.target_col}` with values of "
        f"{names}: used as the known future."
    )
