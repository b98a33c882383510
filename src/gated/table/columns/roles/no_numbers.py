"""Describes a table in which no column holds numbers."""

from collections.abc import Sequence

from gated.errors import DataError
from gated.table.cells.kinds import nearness_to_numbers
from gated.table.cells.numbers import read_numbers
from gated.table.io.source import Source
from gated.text import listed, option

__all__ = ["no_numbers"]


def no_numbers(source: Source, columns: Sequence[str], text: Sequence[str]) -> DataError:
    """The error for a table without a target: it names the column that comes nearest.

    Args:
        source: the table.
        columns: its columns.
        text: those of text that have no role yet.
    """
    nearness = {name: nearness_to_numbers(source.frame[name]) for name in text}
    advice = (
        f"Name the target with {option('target_col')}, or count the rows of each step with "
        f"{option('aggregate', 'count')}."
    )
    nearest = max(nearness, key=lambda name: nearness[name], default=None)
    if nearest is not None and nearness[nearest] > 0:
        try:
            read_numbers(source, nearest)
        except DataError as problem:
            reason = str(problem).removeprefix(source.prefix)
            advice = f"Nearest to numbers is column `{nearest}`: {reason}"
        else:
            advice = f"Column `{nearest}` can be read as numbers. {advice}"
    return DataError(
        f"{source.prefix}no column holds numbers to forecast. The columns are "
        f"{listed(columns)}. {advice}"
    )
