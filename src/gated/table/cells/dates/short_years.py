"""Asks about years of two digits that run over the turn of their century, as from 68 to 69."""

import numpy as np
import pyarrow as pa

from gated.errors import DataError
from gated.table.cells.dates.spans import full_year, part

__all__ = ["refuse_turn_of_short_years"]

NEAR = 3  # years between two rows, with a few that are missing


def refuse_turn_of_short_years(parts: pa.StructArray, texts: pa.Array, where: str) -> None:
    """Refuse years of two digits that go on where their century would change.

    69 to 99 are 1969 to 1999, and the others are of this century. Years from 60 to 75 without a
    turn from 99 to 00 are neither: they are 1960 to 1975, or 2060 to 2075.

    Args:
        parts: [K] a string y.
        texts: [K] the cells, for messages.
        where: file and column, for the beginning of a message.

    Raises:
        DataError: they go on there.
    """
    written, years = part(parts, "y", 0), full_year(parts)
    is_short = (years > 0) & (written != years) & (written < 100)
    low, high = is_short & (years >= 2000), is_short & (years < 2000)
    if not low.any() or not high.any():
        return
    is_turned_at_99 = written[high].max() >= 100 - NEAR and written[low].min() < NEAR
    last, first = (
        int(np.argmax(np.where(low, written, -1))),
        int(np.argmin(np.where(high, written, 100))),
    )
    if is_turned_at_99 or written[first] - written[last] > NEAR:
        return
    raise DataError(
        f'{where} "{texts[last]}" and "{texts[first]}" have years of two digits, which go on from '
        f"{written[last]} to {written[first]}: of the last century, or of this one. Write the "
        "years with four digits."
    )
