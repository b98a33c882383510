"""Makes one name for each column from a header of one or several rows."""

from collections.abc import Sequence

__all__ = ["joined_names"]


def joined_names(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], str]:
    """One name for each column from several rows of a header, and how they were made.

    The first row is used alone if it names every column differently: the rows below then are
    units or the same for all columns. Otherwise the rows are joined; an empty cell of an upper row
    repeats the cell on its left, and a row with the same text in all columns is left out. A name
    that is still empty is that of the row above.

    >>> joined_names([["Date", "Temp", "Rain"], ["", "degC", "mm"]])
    (('Date', 'Temp', 'Rain'), 'the names are those of the first')
    >>> joined_names([["", "Sales", "", "Cost", ""], ["Day", "N", "S", "N", "S"]])[0]
    ('Day', 'Sales_N', 'Sales_S', 'Cost_N', 'Cost_S')
    """
    index_name, rows = _index_name(rows)
    first = rows[0]
    if all(first[1:]) and len(set(first)) == len(first):
        names = tuple(first)
        how = "the names are those of the first"
    else:
        upper = [_repeated(row, rows[-1]) for row in rows[:-1]]
        layers = [row for row in upper if len(set(row[1:])) > 1] + [list(rows[-1])]
        names = tuple(
            "_".join(dict.fromkeys(cell for cell in column if cell))
            for column in zip(*layers, strict=True)
        )
        names = tuple(
            name or next((row[column] for row in reversed(rows) if row[column]), "")
            for column, name in enumerate(names)
        )
        how = "the names were joined" if len(layers) > 1 else "the names are those of the last"
    if index_name:
        names = (index_name, *names[1:])
    return names, how


def _index_name(rows: Sequence[Sequence[str]]) -> tuple[str, list[Sequence[str]]]:
    """The name in a row that names only the first column, as pandas writes it; and the others."""
    alone = [row for row in rows[1:] if row[0] and not any(row[1:])]
    others = [row for row in rows if not any(row is found for found in alone)]
    return (alone[-1][0] if alone else ""), others


def _repeated(row: Sequence[str], below: Sequence[str]) -> list[str]:
    """The row with its empty cells filled from the left, where the row below has a name."""
    filled: list[str] = []
    for cell, name in zip(row, below, strict=True):
        filled.append(cell or (filled[-1] if filled and name else ""))
    return filled
