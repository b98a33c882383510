"""Where a table holds its own future: rows after the last observed target."""

from dataclasses import replace
from typing import Any

import numpy as np

from gated.table.schema import to_frame
from gated.table.table import Table
from gated.table.wording import counted

__all__ = ["split_known_future"]


def split_known_future(table: Table) -> tuple[Table, Any]:
    """Part a table into its past and the rows after it whose covariates are already known.

    A row belongs to the future when it lies after the last observed target of its series and all
    covariates are filled in.

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

    known = ahead & np.isfinite(table.covariates).all(axis=1)
    schema = table.schema
    columns: dict[str, Any] = {
        schema.id_col: np.repeat(table.ids, table.lengths)[known],
        schema.time_col: table.ds[known],
    }
    for index, name in enumerate(table.covariate_names):
        columns[name] = table.covariates[known, index]
    past = replace(
        table,
        offsets=np.concatenate([[0], np.cumsum(last + 1 - table.offsets[:-1])]),
        ds=table.ds[~ahead],
        y=table.y[~ahead],
        covariates=table.covariates[~ahead],
        notes=(*table.notes, _said(table, int(known.sum()))),
    )
    return past, to_frame(schema, columns)


def _said(table: Table, rows: int) -> str:
    names = ", ".join(f"`{name}`" for name in table.covariate_names)
    if not names:
        return (
            f"{counted(rows, 'row')} after the last `{table.schema.target_col}` of their series "
            "left out: the forecast begins there."
        )
    return (
        f"{names} known in {counted(rows, 'row')} after the last `{table.schema.target_col}`: "
        "taken as the known future."
    )
