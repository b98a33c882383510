"""Describes a table in which no column holds numbers."""

from collections.abc import Sequence

from gated.errors import DataError
from gated.table.cells.kinds import nearness_to_numbers
from gated.table.cells.numbers import read_numbers
from gated.table.io.source import Source
from gated.text import listed, option

__all__ = ["no_numbers", "uncounted_events"]

_LIKELY = 0.5  # nearness to numbers of a column that may hold amounts


def no_numbers(source: Source, columns: Sequence[str], text: Sequence[str]) -> DataError:
    """The error for a table without a target: it names the column that comes nearest.

    Args:
        source: the table.
        columns: its columns.
        text: those of text that have no role yet.
    """
    nearness = _nearness(source, text)
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


def uncounted_events(source: Source, columns: Sequence[str], text: Sequence[str]) -> DataError:
    """The error for rows of single events without an amount: they are counted.

    A column that may hold the amounts is named, as in `no_numbers`, which has the arguments.
    """
    if max(_nearness(source, text).values(), default=0.0) > _LIKELY:
        return no_numbers(source, columns, text)
    return DataError(
        f"{source.prefix}the rows are single events, several on one day, and no column holds "
        f"numbers. To forecast their number a day, pass {option('aggregate', 'count')} "
        f"{option('freq', 'D')}. The columns are {listed(columns)}."
    )


def _nearness(source: Source, text: Sequence[str]) -> dict[str, float]:
    return {name: nearness_to_numbers(source.frame[name]) for name in text}
