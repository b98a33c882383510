"""Finds the columns that name the series of a table whose times stand across the columns."""

from collections.abc import Sequence

from gated.table.cells.kinds import Kind, kind_of_column
from gated.table.columns.roles.separating import numbered, row_codes
from gated.table.io.source import Source

__all__ = ["label_columns"]

_LABEL_ENDINGS = ("id", "name", "code")


def label_columns(
    source: Source, columns: Sequence[str], first_time: str, beside: Sequence[str] = ()
) -> list[str]:
    """The columns with the labels of the rows, in the order of the table.

    They are the columns of text, and whole numbers with the name of an id. Other whole numbers at
    the left of the times are labels where columns of text alone have the same labels in several
    rows: shop 101 and 102 of the region "north".

    Args:
        source: the table, not turned yet.
        columns: those that are no times.
        first_time: the first column of times.
        beside: columns with a part of the times, such as the year: rows of other years may repeat
            a label.

    >>> import pandas as pd
    >>> from gated.table.io.source import open_source
    >>> frame = pd.DataFrame({"shop": [1, 1, 2], "region": ["n", "s", "n"], "2024": [90, 70, 80]})
    >>> label_columns(open_source(frame), ["shop", "region"], "2024")
    ['shop', 'region']
    """
    kinds = {name: kind_of_column(source, name) for name in columns}
    labels = [name for name in columns if _is_label(name, kinds[name])]
    left = source.frame.columns.index(first_time)
    numbers = [
        name
        for name in source.frame.columns[:left]
        if kinds.get(name) == "integer" and name not in labels
    ]
    if not labels or not numbers:
        return labels
    codes = {name: row_codes(source, name) for name in (*beside, *labels, *numbers)}
    rows = len(source.frame)

    def tell_apart(names: Sequence[str]) -> bool:
        return int(numbered([codes[name] for name in (*beside, *names)]).max()) + 1 == rows

    for count in range(len(numbers) + 1):  # the fewest, from the left
        if tell_apart([*labels, *numbers[:count]]):
            found = {*labels, *numbers[:count]}
            return [name for name in columns if name in found]
    return labels


def _is_label(name: str, kind: Kind) -> bool:
    """Whether a column may name series: text, or whole numbers with the name of an id."""
    plain = name.strip().casefold().replace(" ", "_")
    return kind == "text" or (kind == "integer" and plain.rpartition("_")[2] in _LABEL_ENDINGS)
