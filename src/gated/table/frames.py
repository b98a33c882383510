"""Makes frames of a table: its rows in tidy form, and the rows of its future to fill in."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray
from gated.errors import UsageError
from gated.table.known_future import as_written
from gated.table.reader import future_steps
from gated.table.schema import to_frame
from gated.table.table import Table

__all__ = ["future_frame", "missing_future", "tidy_frame"]


def tidy_frame(table: Table) -> Any:
    """The rows of a table: id, time, target and covariates, sorted by series and time.

    Every step of a series has a row; the target is NaN where it was not observed.

    Returns:
        A frame of the library of the input; for a file, of pandas if it is installed, else a
        pyarrow table.

    Example:
        >>> import pandas as pd
        >>> from gated.table import read_table
        >>> frame = pd.DataFrame({"day": ["2024-01-03", "2024-01-01"], "sold": [5, 4]})
        >>> tidy_frame(read_table(frame, freq="D"))
          unique_id        day  sold
        0      sold 2024-01-01   4.0
        1      sold 2024-01-02   NaN
        2      sold 2024-01-03   5.0
    """
    schema = table.schema
    columns: dict[str, Any] = {
        schema.id_col: np.repeat(table.ids, table.lengths),
        schema.time_col: table.ds,
        schema.target_col: table.y,
    }
    for names, values in (
        (table.covariate_names, table.covariates),
        (table.past_names, table.past_covariates),
    ):
        for place, name in enumerate(names):
            columns[name] = as_written(table, name, values[:, place])
    return to_frame(schema, columns)


def future_frame(table: Table, h: int) -> Any:
    """The next steps of every series, with empty cells for the covariates.

    Fill it in and pass it as `X_df` to `Forecaster.predict`.

    Args:
        table: the past, read with covariates.
        h: steps ahead.

    Returns:
        A frame of N · h rows: id, time, and a column of NaN for each covariate.

    Raises:
        UsageError: `h` is below 1.

    Example:
        >>> import pandas as pd
        >>> from gated.table import read_table
        >>> days = pd.date_range("2024-01-01", periods=3)
        >>> frame = pd.DataFrame({"day": days, "sold": [4, 5, 6], "price": [2.0, 2.0, 1.5]})
        >>> future_frame(read_table(frame, covariates=["price"]), h=2)
          unique_id        day  price
        0      sold 2024-01-04    NaN
        1      sold 2024-01-05    NaN
    """
    return _ahead(table, h, np.ones((table.n_series, max(h, 0)), dtype=np.bool_))


def missing_future(table: Table, h: int, given: Any) -> Any:
    """The rows of `future_frame` that a table of the future does not have.

    Args:
        table: the past.
        h: steps ahead.
        given: a frame or a path with columns named as in the past.

    Raises:
        DataError: the table of the future lacks a column, or cannot be read.
        UsageError: `h` is below 1.
    """
    steps, source = future_steps(given, table, h)
    return _ahead(table, h, ~steps.given(source))


def _ahead(table: Table, h: int, wanted: BoolArray) -> Any:
    """The wanted [N, h] steps."""
    if h < 1:
        raise UsageError(f"The horizon is {h}. Expected at least 1 step.")
    ds = table.frequency.future(table.last_ds, h)
    keep = wanted.reshape(-1)
    columns: dict[str, NDArray[Any] | FloatArray] = {
        table.schema.id_col: np.repeat(table.ids, h)[keep],
        table.schema.time_col: ds.reshape(-1)[keep],
    }
    columns |= {name: np.full(int(keep.sum()), np.nan) for name in table.covariate_names}
    return to_frame(table.schema, columns)
