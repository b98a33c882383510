"""Makes the result of a query the columns of a table."""

from dataclasses import replace

import pyarrow as pa

from gated.table.io.kinds.loaded import Loaded, loaded_table

__all__ = ["result"]


def result(rows: pa.Table, database: str, table: str | None) -> Loaded:
    """The rows of a query, or of a whole table.

    Args:
        rows: the rows.
        database: the name of the database.
        table: the name of the table; None for a query.

    Raises:
        DataError: two columns have one time as their name.

    >>> result(pa.table({"y": [1, 2]}), "shop.db", None).where(1)
    'shop.db, query: row 2'
    """
    name = f"{database}, query" if table is None else f"{database}, table {table}"
    loaded = replace(loaded_table(rows, name), file_row=lambda row: row + 1)
    if table is None:
        return loaded
    return replace(loaded, notes=(f"The table is `{table}`.", *loaded.notes))
