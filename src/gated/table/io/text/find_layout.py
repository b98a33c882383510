"""Finds the layout of a text file from its first block: separator, header and width."""

import codecs
import re
from collections.abc import Sequence
from pathlib import Path

from gated.errors import DataError
from gated.table.io.rows.cell_kinds import CLOCK, cell_kind
from gated.table.io.rows.header import find_header
from gated.table.io.rows.top_rows import REMARKS
from gated.table.io.rows.width import usual_width
from gated.table.io.text.layout import Layout
from gated.table.io.text.opening import HEAD_BYTES
from gated.table.io.text.sample import Sample, Separator
from gated.table.io.text.separator import find_separator

__all__ = ["find_layout"]

MOST_COLUMNS = 100_000  # a wide table has one column for each series
SHOWN_CHARACTERS = 60
TIME_OF_DAY = re.compile(CLOCK)


def find_layout(path: Path, head: bytes, encoding: str) -> Layout:
    """The layout of a file, from its first bytes and its encoding.

    Raises:
        DataError: the file has too many columns.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    text = decoder.decode(head).removeprefix("\ufeff")
    is_short = len(head) < HEAD_BYTES
    separator, sample = find_separator(text, is_whole=is_short)
    header = find_header(sample.rows)
    data = [row for row in sample.rows[header.data :] if row]
    usual = usual_width(data) if data else len(header.names)
    if (columns := max(usual, len(header.names))) > MOST_COLUMNS:
        is_cut = not is_short and "\n" not in text
        raise DataError(
            f"{path.name}: the file has {'at least ' * is_cut}{columns:,} columns. Expected at "
            f"most {MOST_COLUMNS:,}: write a large table as rows with a column for the series, "
            "one for the time and one for the value."
        )
    if header.has_table_above:
        raise DataError(
            f"{path.name}: the rows above row {header.first + 1} are another table than the rows "
            "below it. Expected one table in a file: save each in a file of its own."
        )
    if data and usual == 1 and header.kinds[:1] == ("label",):
        example = data[0][0] if len(data[0][0]) <= SHOWN_CHARACTERS else "…"
        raise DataError(
            f"{path.name}: no separator was found: each row is one cell, such as {example!r}. "
            "Expected cells separated by a comma, semicolon, tab, bar or blanks."
        )
    names, joins = _fit_names(header.names, data, usual, separator)
    if joins is not None:
        kinds = (*header.kinds[: joins + 1], *header.kinds[joins + 2 :])
    else:
        kinds = header.kinds
    return Layout(
        path=path,
        encoding=encoding,
        separator=separator,
        lines_above=_lines_above(sample, header.data),
        rows_above=header.data,
        names=names,
        width=len(names) or usual,
        joins=joins,
        kinds=kinds,
        is_short=is_short,
        notes=header.notes,
    )


def _lines_above(sample: Sample, row: int) -> int:
    return sample.line_ends[row - 1] if row else 0


def _fit_names(
    names: tuple[str, ...], data: Sequence[Sequence[str]], width: int, separator: Separator
) -> tuple[tuple[str, ...], int | None]:
    """The names for rows with one cell more or fewer, and the column that is joined to the next.

    A header without the name of the row numbers, as R writes it; a separator at the end of each
    row of data only, or of the header only; a date and a time of day separated by one blank.
    """
    if not names or not data:
        return names, None
    rows = [row for row in data if len(row) == width]
    if len(names) == width + 1 and (not names[-1] or names[-1].casefold() in REMARKS):
        return names[:-1], None
    if len(names) != width - 1:
        return names, None
    if all(not row[-1].strip() for row in rows):
        return (*names, ""), None
    for column in range(width - 1):
        is_date = all(cell_kind(row[column]) == "date" for row in rows)
        if is_date and all(TIME_OF_DAY.fullmatch(row[column + 1].strip()) for row in rows):
            return names, column
    if separator == ",":  # the surplus cell may be the decimals of a number
        return names, None
    numbers = [row[0].strip() for row in rows]
    if separator in ("blank", "blanks") and len(set(numbers)) == len(numbers):
        return ("", *names), None  # R prints the names of rows, or years, under no name
    begin = numbers[0]
    if begin in ("0", "1") and numbers == [str(int(begin) + i) for i in range(len(rows))]:
        return ("", *names), None
    return names, None
