"""Separates years, quarters and months that stand below each other in one column of times."""

import re
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc

from gated.errors import DataError
from gated.table.cells.numbers import column_text
from gated.table.cells.regex import matches
from gated.table.io.parquet import ParquetColumns
from gated.table.io.source import Source
from gated.text import counted, option

__all__ = ["of_one_period"]

# Alias of the step to its name and to how such times are written.
_PERIODS = {
    "YS": ("years", r"^\d{4}$"),
    "QS": ("quarters", r"^\d{4} ?-?[Qq][1-4]$"),
    "MS": ("months", r"^\d{4} ?(?:[A-Za-z]{3,}|-\d{2}|[Mm]\d{2})$"),
}


def of_one_period(source: Source, alias: str | None) -> tuple[Source, tuple[str, ...]]:
    """The rows of the requested step, of a table of years, then quarters, then months.

    Args:
        source: the table.
        alias: the step that the caller gave.

    Returns:
        The table, and a note if rows were left out.

    Raises:
        DataError: the times are of several steps, and the caller named none.
    """
    frame = source.frame
    if not source.is_text or isinstance(frame, ParquetColumns) or len(frame) < 2:
        return source, ()
    name = frame.columns[0]
    ends = {_period(str(frame[name][row])) for row in (0, len(frame) - 1)}
    if len(ends) < 2 or None in ends:
        return source, ()
    text = pc.utf8_trim_whitespace(column_text(frame[name])).combine_chunks()
    is_of = {key: matches(text, shape) for key, (_, shape) in _PERIODS.items()}
    found = [key for key in _PERIODS if is_of[key].any()]
    if not np.logical_or.reduce(list(is_of.values())).all():
        return source, ()
    words = [_PERIODS[key][0] for key in found]
    wanted = next((key for key in found if alias is not None and alias[0] == key[0]), None)
    if wanted is None:
        advice = " or ".join(option("freq", key) for key in reversed(found))
        raise DataError(
            f"{source.prefix}column `{name}` has {', then '.join(words)} in one column. Expected "
            f"one step: pass {advice}, and the other rows are left out."
        )
    kept = np.flatnonzero(is_of[wanted])
    note = (
        f"`{name}` has {' and '.join(words)}; "
        f"{counted(len(text) - len(kept), 'row')} that are no {_PERIODS[wanted][0]} left out."
    )
    rows = kept if source.input_rows is None else source.input_rows[kept]
    chosen = frame.filter(is_of[wanted].tolist())
    return replace(source, frame=chosen, input_rows=rows), (note,)


def _period(text: str) -> str | None:
    return next((key for key, (_, p) in _PERIODS.items() if re.match(p, text.strip())), None)
