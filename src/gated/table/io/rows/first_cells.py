"""Some cells of all columns together, for one look at a wide table.

A look at each of 100,000 columns takes a hundred times as long.
"""

import pyarrow as pa
import pyarrow.types as pt

__all__ = ["LOOK_ROWS", "first_cells", "rows_of"]

LOOK_ROWS = 1000  # first rows of a column, which show how it is written
MOST_TOGETHER = 1 << 25  # cells


def first_cells(table: pa.Table) -> pa.Array | None:
    """The first cells of the columns of text that are not encoded; None of a very large table.

    >>> first_cells(pa.table({"shop": ["Oslo", "Bergen"], "y": ["1", "2"]})).to_pylist()
    ['Oslo', 'Bergen', '1', '2']
    """
    chunks = [
        chunk
        for column in table.columns
        if pt.is_string(column.type)
        for chunk in column.slice(0, LOOK_ROWS).iterchunks()
    ]
    if sum(map(len, chunks)) > MOST_TOGETHER:
        return None
    return pa.concat_arrays(chunks) if chunks else pa.array([], pa.string())


def rows_of(table: pa.Table, begin: int, rows: int) -> list[list[str]]:
    """The cells of some rows of a table of text.

    >>> rows_of(pa.table({"shop": ["Oslo", "Bergen"], "y": ["1", "2"]}), 1, 1)
    [['Bergen', '2']]
    """
    columns = table.slice(begin, rows).columns
    chunks = [chunk for column in columns for chunk in column.iterchunks()]
    chunks = [one if pt.is_string(one.type) else one.cast(pa.string()) for one in chunks]
    cells = pa.concat_arrays(chunks).to_pylist() if chunks else []
    return [cells[row::rows] for row in range(rows)]
