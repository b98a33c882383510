"""Describes a table in a few lines: its series, steps, season, target and missing values."""

import numpy as np

from gated.arrays import FloatArray
from gated.table.table import Table
from gated.text import amount, counted, shown_times

__all__ = ["table_facts", "time_span"]


def table_facts(table: Table) -> dict[str, str]:
    """What was understood of a table, by the name of the fact.

    >>> from gated.table import read_table
    >>> facts = table_facts(read_table({"ds": ["2024-01-01", "2024-01-02"], "y": [3, None]}))
    >>> facts["steps"], facts["missing"]
    ('2 steps a series, 2024-01-01 to 2024-01-02', '1 of 2 steps')
    """
    schema, y = table.schema, table.y[np.isfinite(table.y)]
    begin, end = time_span(table)
    lengths = table.lengths
    steps = counted(int(lengths[0]), "step")
    if lengths.min() < lengths.max():
        steps = f"{lengths.min():,} to {lengths.max():,} steps"
    return {
        "series": f"{table.n_series:,}" + (f", by `{schema.id_col}`" if schema.has_id_col else ""),
        "steps": f"{steps} a series, {begin} to {end}",
        "step": table.frequency.description,
        "season": counted(table.frequency.season_length, "step"),
        "target": "every column but the time" if schema.wide else f"`{schema.target_col}`",
        "values": _values(y),
        "missing": f"{int(np.isnan(table.y).sum()):,} of {counted(table.n_rows, 'step')}",
    }


def time_span(table: Table) -> list[str]:
    """The first and the last time of a table, as text."""
    return list(shown_times(table.local(np.array([table.ds.min(), table.ds.max()]))))


def _values(y: FloatArray) -> str:
    if not len(y):
        return "none"
    kind = "whole numbers" if (y == np.round(y)).all() else "numbers"
    return f"{kind} from {amount(y.min())} to {amount(y.max())}"
