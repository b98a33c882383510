"""The layout of a text file, and its rows one by one, with their numbers in the file."""

import csv
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gated.table.io.rows.cell_kinds import CellKind
from gated.table.io.text.opening import lines_of
from gated.table.io.text.sample import Separator, split_lines
from gated.table.io.text.separator import SEPARATORS

__all__ = ["Layout", "records"]


@dataclass(frozen=True)
class Layout:
    """What is needed to split a file into rows of data.

    Attributes:
        path: the file.
        encoding: its encoding.
        separator: what separates the cells.
        lines_above: lines above the first row of data: the header and what is above it.
        rows_above: rows above the first row of data; a row may have several lines.
        names: names of the columns as written; empty if there is no header.
        width: number of cells of a row of data.
        joins: the column of dates to which the next cell, a time of day, is joined; None if none.
        kinds: the kind of the cells of the first columns.
        is_short: whether the first block, from which the layout was found, is the whole file.
        notes: what was skipped or joined above the data.
    """

    path: Path
    encoding: str
    separator: Separator
    lines_above: int
    rows_above: int
    names: tuple[str, ...]
    width: int
    joins: int | None = None
    kinds: tuple[CellKind, ...] = ()
    is_short: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether blanks separate the cells."""
        return self.separator in ("blank", "blanks")

    @property
    def separator_name(self) -> str:
        """The separator in words."""
        return SEPARATORS[self.separator]


def records(layout: Layout, *, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of data that are not empty, with their numbers in the file (from 1).

    Raises:
        csv.Error: the quotes are not in pairs, if `strict`, or a cell is too long.
        DataError: a line is too long.
    """
    with closing(lines_of(layout.path, layout.encoding)) as every:  # also after an error below
        lines = islice(every, layout.lines_above, None)
        if layout.is_blank:
            rows = split_lines(lines, layout.separator)
        else:
            rows = csv.reader(lines, delimiter=layout.separator, strict=strict)
        for number, cells in enumerate(rows, start=layout.rows_above + 1):
            if not cells:
                continue
            if layout.joins is not None and len(cells) > layout.joins + 1:
                day = layout.joins
                cells = [*cells[:day], f"{cells[day]} {cells[day + 1]}", *cells[day + 2 :]]
            yield number, cells
