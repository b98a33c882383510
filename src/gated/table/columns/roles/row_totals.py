"""Finds a column that is the sum of the columns beside it: these then are parts of one whole."""

from collections.abc import Sequence

import numpy as np

from gated.errors import DataError
from gated.table.cells.numbers import read_numbers
from gated.table.io.rows.footer import TOTAL
from gated.table.io.source import Source

__all__ = ["has_total"]

_FEWEST_PARTS = 2
_NEAR = 1e-3  # relative; totals are rounded


def has_total(source: Source, columns: Sequence[str]) -> bool:
    """Whether the last column is called a total and is the sum of the others in every row.

    Example:
        >>> import pandas as pd
        >>> from gated.table.io.source import open_source
        >>> frame = pd.DataFrame({"Sales": [3, 4], "IT": [1, 1], "Total": [4, 5]})
        >>> has_total(open_source(frame), ["Sales", "IT", "Total"])
        True
    """
    *parts, last = columns
    if len(parts) < _FEWEST_PARTS or not TOTAL.fullmatch(last.strip()):
        return False
    try:
        total = read_numbers(source, last).values
        added = np.sum([np.nan_to_num(read_numbers(source, name).values) for name in parts], axis=0)
    except DataError:  # a wrong cell is named when the column is read
        return False
    known = ~np.isnan(total)
    return bool(known.any() and np.allclose(total[known], added[known], rtol=_NEAR))
