"""Makes the result of a query the columns of a table."""

from collections import Counter
from dataclasses import replace

import pyarrow as pa

from gated.errors import DataError
from gated.table.io.kinds.loaded import Loaded, frame_of
from gated.text import listed

__all__ = ["result"]


def result(rows: pa.Table, database: str, table: str | None) -> Loaded:
    """The rows of a query, or of a whole table.

    Args:
        rows: the rows.
        database: the name of the database.
        table: the name of the table; None for a query.

    Raises:
        DataError: two columns have the same name.

    >>> result(pa.table({"y": [1, 2]}), "shop.db", None).where(1)
    'shop.db, query: row 2'
    """
    name = f"{database}, query" if table is None else f"{database}, table {table}"
    twice = [label for label, times in Counter(rows.column_names).items() if times > 1]
    if twice:
        raise DataError(
            f"{name}: several columns have the same name: {listed(twice)}. Expected a different "
            f"name for each column; give one with AS, such as {twice[0]} AS {twice[0]}_2."
        )
    loaded = Loaded(frame_of(rows), name=name, file_row=lambda row: row + 1)
    return loaded if table is None else replace(loaded, notes=(f"The table is `{table}`.",))
