"""Reads delimited text files (.csv, .tsv, .txt, each also gzipped) as columns of text.

A column with repeated texts is dictionary-encoded: each text once, and one code per row.

No value is converted here: numbers and dates are parsed after the columns have their roles, so
that "007" stays an id and a message can quote an invalid cell as written.
"""

import csv
import re
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow as pa

from gated.table.io.rows.datev_days import with_datev_days
from gated.table.io.rows.digits import with_plain_digits
from gated.table.io.rows.footer import footer_note
from gated.table.io.rows.nth_days import with_nth_days
from gated.table.io.rows.repeated_header import without_repeated_header
from gated.table.io.rows.repeated_names import RepeatedName
from gated.table.io.text.encoding import ENCODING_NAMES, detect_encoding, older_encoding
from gated.table.io.text.find_layout import find_layout
from gated.table.io.text.layout import Layout, records
from gated.table.io.text.opening import (
    HEAD_BYTES,
    binary,
    damaged,
    empty,
    lines_of,
    open_bytes,
    read_head,
)
from gated.table.io.text.parse import Rows, split_rows
from gated.table.io.text.row_errors import refuse_open_quote
from gated.table.io.text.tidy import cut_blanks, name_columns

__all__ = ["DelimitedText", "read_delimited"]

FOREIGN_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
FOREIGN_BYTES = 1 << 16  # bytes of lines that are not ASCII, from which the encoding is detected


@dataclass(frozen=True)
class DelimitedText:
    """The columns of a text file, all as text, and the layout of the file."""

    table: pa.Table
    delimiter: str
    notes: tuple[str, ...]
    file_row: Callable[[int], int]
    repeated: Mapping[str, RepeatedName] = field(default_factory=dict)


def read_delimited(path: Path) -> DelimitedText:
    """Read a delimited text file; every column is returned as text.

    The encoding (UTF-8, UTF-16, else an older one), the separator (comma, semicolon, tab, bar or
    blanks), lines above the header and its rows are detected from the beginning of the file, and
    totals and notes below the data from its last rows.

    Raises:
        DataError: the file is empty, damaged or binary, or a row has too few or too many cells.
    """
    layout, rows = _split(path, read_head(path))
    if not rows.is_plain:
        refuse_open_quote(layout, rows.table)
    table, repeated, name_notes = name_columns(path, rows.table, layout.names)
    blank_notes: tuple[str, ...] = ()
    digit_notes: tuple[str, ...] = ()
    if not rows.is_plain:
        table, blank_notes = cut_blanks(table)
        table, digit_notes = with_plain_digits(table)
    table, date_notes = _with_dates(table, layout)
    if table.num_rows == 0 and not layout.names:
        raise empty(path)
    file_row: Callable[[int], int] = partial(_file_row, layout)
    below = file_row(table.num_rows) if rows.footer else 0
    table, file_row, header_notes = without_repeated_header(table, table.column_names, file_row)
    notes = [
        *layout.notes,
        *header_notes,
        *name_notes,
        *rows.notes,
        *blank_notes,
        *digit_notes,
        *date_notes,
    ]
    if layout.encoding != "utf-8":
        name = ENCODING_NAMES.get(layout.encoding, layout.encoding)
        notes.insert(0, f"The file is not UTF-8; it was read as {name}.")
    if layout.separator != ",":
        notes.append(f"Cells are separated by a {layout.separator_name}.")
    if rows.footer:
        notes.append(footer_note(rows.footer, below))
    return DelimitedText(table, layout.separator, tuple(notes), file_row, repeated)


def _with_dates(table: pa.Table, layout: Layout) -> tuple[pa.Table, tuple[str, ...]]:
    """Parts of dates as dates, where the lines above the header have the rest."""
    if layout.lines_above < 1 or table.num_rows == 0:
        return table, ()
    with closing(lines_of(layout.path, layout.encoding)) as every:
        above = list(islice(every, layout.lines_above))
    dated, notes = with_datev_days(table, above)
    return with_nth_days(dated, above) if len(above) > 1 and not notes else (dated, notes)


def _split(path: Path, head: bytes) -> tuple[Layout, Rows]:
    """The layout and the rows, in the first encoding in which the whole file can be read."""
    encoding = detect_encoding(head)
    if b"\0" in head and not encoding.startswith("utf-16"):
        raise binary(path)
    while True:
        layout = find_layout(path, head, encoding)
        try:
            return layout, split_rows(layout)
        except UnicodeError as problem:
            if encoding.startswith("utf-16"):
                raise damaged(path, problem) from problem
            if encoding == "latin-1":
                raise
            encoding = older_encoding(_foreign_lines(path)) if encoding == "utf-8" else "latin-1"


def _foreign_lines(path: Path) -> bytes:
    """Lines of the file that are not ASCII."""
    found = b""
    with open_bytes(path) as file:
        while len(found) < FOREIGN_BYTES and (part := file.read(HEAD_BYTES)):
            found += b"\n".join(match[0] for match in FOREIGN_LINE.finditer(part)) + b"\n"
    return found


def _file_row(layout: Layout, row: int) -> int:
    """The row number in the file (from 1, empty lines included) of data row `row` (from 0)."""
    try:
        return next(islice((number for number, _ in records(layout)), row, None))
    except (csv.Error, StopIteration):  # the two readers split unusual quoting differently
        return row + layout.rows_above + 1
