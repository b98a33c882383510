"""Splits the rows of a text file into columns of text.

pyarrow does it where one character separates the cells and every row has as many of them; rows of
other lengths, and cells separated by blanks, are split row by row.
"""

import codecs
import csv
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from gated.errors import DataError
from gated.table.io.rows.cell_kinds import cell_kind
from gated.table.io.rows.first_cells import rows_of
from gated.table.io.rows.footer import MOST_FOOTER_ROWS, footer_length
from gated.table.io.text.layout import Layout, records
from gated.table.io.text.lengths import equal_lengths
from gated.table.io.text.opening import LONGEST_LINE, damaged, open_bytes
from gated.table.io.text.row_errors import rows_error
from gated.table.io.text.wide import FEWEST_WIDE, split_wide

__all__ = ["Rows", "split_rows"]

ENCODED = pa.dictionary(pa.int32(), pa.string())  # each text once, and one code per row
# Looking at each column of a wide table takes longer than its few rows are worth.
FEWEST_ENCODED, FEW_COLUMNS = 1000, 200
LOOK_BYTES = 1 << 20  # from which the repeated columns are detected
MOST_DISTINCT = 0.5  # distinct texts per row; above it, encoding needs more memory than the texts
NUMBER = r"^\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*$"


@dataclass(frozen=True)
class Rows:
    """The rows of data of a file, as columns.

    Attributes:
        table: the columns, named f0, f1, …, all text.
        footer: the cells of the rows below the data, which are no part of it.
        notes: how rows of other lengths were read.
        is_plain: whether all cells are known to be ASCII, without quotes and blanks around them.
    """

    table: pa.Table
    footer: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    is_plain: bool = False


@dataclass
class _OddRows:
    """Keeps the rows of another length, by their position among the rows of data."""

    layout: Layout
    cells: dict[int, list[str]] = field(default_factory=dict)

    def keep(self, row: pa.csv.InvalidRow) -> str:
        if len(self.cells) == MOST_FOOTER_ROWS:
            return "error"
        cells = next(csv.reader([row.text], delimiter=self.layout.separator), [])
        self.cells[row.number - self.layout.lines_above - 1] = cells
        return "skip"


def split_rows(layout: Layout) -> Rows:
    """Split the rows of data into columns of text, without the footer.

    Raises:
        UnicodeError: the bytes are not of the layout's encoding.
        DataError: the file is damaged, or a row has too few or too many cells.
    """
    try:
        if layout.is_blank or layout.joins is not None:
            _check_encoding(layout)
            return _split_slowly(layout)
        wide = split_wide(layout) if layout.width >= FEWEST_WIDE else None
        if wide is not None:
            rows = _without_footer(wide.table, {}, layout)
            return replace(rows, is_plain=wide.is_plain)
        try:
            return _without_footer(_parse(layout), {}, layout)
        except pa.ArrowInvalid as problem:
            if "UTF8" in str(problem):
                raise UnicodeError(str(problem)) from problem
            if "Empty CSV" in str(problem) and next(records(layout), None) is None:
                return Rows(_table([[] for _ in range(layout.width)]))
            _check_encoding(layout)
            return _split_uneven(layout, problem)
    except csv.Error as problem:  # a cell is longer than the reader's limit
        raise rows_error(layout) from problem
    except (OSError, EOFError, zlib.error) as problem:
        raise damaged(layout.path, problem) from problem
    except MemoryError as problem:
        raise DataError(
            f"{layout.path.name}: the file needs more memory than this machine has free. Pass a "
            "part of its rows, or convert it to Parquet, which is read one column at a time."
        ) from problem


def _parse(
    layout: Layout, on_odd_row: Callable[[pa.csv.InvalidRow], str] | None = None
) -> pa.Table:
    texts = {f"f{column}": pa.string() for column in range(layout.width)}
    if layout.is_short and on_odd_row is None:
        table = _read(layout, texts, None)
        encoded = dict.fromkeys(_repeated(table), ENCODED)
        return table.cast(pa.schema([(name, encoded.get(name, texts[name])) for name in texts]))
    begin = _first_rows(layout, texts)
    if begin is not None and begin.num_columns != layout.width:
        raise _other_width(layout, begin.num_columns)
    repeated = () if begin is None else _repeated(begin)
    table = _read(layout, {**texts, **dict.fromkeys(repeated, ENCODED)}, on_odd_row)
    return table.unify_dictionaries()


def _read(
    layout: Layout,
    types: dict[str, pa.DataType],
    on_odd_row: Callable[[pa.csv.InvalidRow], str] | None,
) -> pa.Table:
    with open_bytes(layout.path) as file:
        table = pyarrow.csv.read_csv(file, **_options(layout, types, on_odd_row))
    if table.num_columns != layout.width:
        raise _other_width(layout, table.num_columns)
    return table


def _other_width(layout: Layout, width: int) -> pa.ArrowInvalid:
    return pa.ArrowInvalid(f"{width} columns in place of {layout.width}")


def _repeated(begin: pa.Table | pa.RecordBatch) -> list[str]:
    """The names of the columns that are encoded, from the first rows."""
    if len(begin) < FEWEST_ENCODED and begin.num_columns > FEW_COLUMNS:
        return []
    return [name for name in begin.schema.names if _repeats(begin.column(name))]


def _first_rows(layout: Layout, types: dict[str, pa.DataType]) -> pa.RecordBatch | None:
    """Rows from which the repeated columns are detected; None if the first ones cannot be split."""
    try:
        with open_bytes(layout.path) as file:
            options = _options(layout, types, None, LOOK_BYTES)
            return pyarrow.csv.open_csv(file, **options).read_next_batch()
    except (pa.ArrowInvalid, StopIteration):  # a longer row, or an odd one: see the whole file
        return None


def _options(
    layout: Layout,
    types: dict[str, pa.DataType],
    on_odd_row: Callable[[pa.csv.InvalidRow], str] | None,
    block_size: int = LONGEST_LINE,
) -> dict[str, Any]:
    return {
        "read_options": pyarrow.csv.ReadOptions(
            autogenerate_column_names=True,
            skip_rows=layout.lines_above,
            encoding=layout.encoding,
            block_size=block_size,
            use_threads=on_odd_row is None,  # with threads, rows have no numbers
        ),
        "parse_options": pyarrow.csv.ParseOptions(
            delimiter=layout.separator, newlines_in_values=True, invalid_row_handler=on_odd_row
        ),
        "convert_options": pyarrow.csv.ConvertOptions(
            column_types=types, strings_can_be_null=False
        ),
    }


def _repeats(cells: pa.Array | pa.ChunkedArray) -> bool:
    """Whether the cells are repeated texts, such as labels and dates, and not numbers."""
    distinct = pc.unique(cells)
    if len(cells) == 0 or len(distinct) > MOST_DISTINCT * len(cells):
        return False
    return bool(pc.mean(pc.match_substring_regex(distinct, NUMBER).cast(pa.int8())).as_py() < 0.5)


def _check_encoding(layout: Layout) -> None:
    """Raise a UnicodeError if the file is not of the layout's encoding."""
    decoder = codecs.getincrementaldecoder(layout.encoding)()
    with open_bytes(layout.path) as file:
        while part := file.read(LONGEST_LINE):
            decoder.decode(part)
        decoder.decode(b"", final=True)


def _without_footer(table: pa.Table, odd: dict[int, list[str]], layout: Layout) -> Rows:
    """Take the footer off a table; `odd` has the rows of another length, by position."""
    total = table.num_rows + len(odd)
    if not odd and total and not footer_length(rows_of(table, table.num_rows - 1, 1), layout.kinds):
        return Rows(table)  # a look at one row; the last ones of a wide table are long
    first = max(0, total - MOST_FOOTER_ROWS)
    regular = table.num_rows - first + sum(position < first for position in odd)
    cells = iter(rows_of(table, table.num_rows - regular, regular))
    tail = [odd[place] if place in odd else next(cells) for place in range(first, total)]
    length = footer_length(tail, layout.kinds)
    if any(position < total - length for position in odd):
        raise pa.ArrowInvalid("rows of other lengths are between the rows of data")
    kept = table.num_rows - (length - len(odd))
    footer = tuple(tuple(row) for row in tail[len(tail) - length :])
    return Rows(table.slice(0, kept), footer)


def _split_uneven(layout: Layout, problem: pa.ArrowInvalid) -> Rows:
    """Split a file in which rows have other lengths: a footer, or empty cells left out."""
    odd = _OddRows(layout)
    try:
        return _without_footer(_parse(layout, odd.keep), odd.cells, layout)
    except pa.ArrowInvalid:
        return _split_slowly(layout, problem)


def _split_slowly(layout: Layout, problem: pa.ArrowInvalid | None = None) -> Rows:
    """Split the file row by row."""
    rows = [cells for _, cells in records(layout)]
    length = footer_length(rows, layout.kinds)
    data = rows[: len(rows) - length]
    names = [cell_kind(name) for name in layout.names]
    repaired = equal_lengths(
        data,
        layout.width,
        layout.rows_above,
        " " if layout.is_blank else layout.separator,
        names_times=names.count("date") > len(names) / 2,
    )
    if repaired is None:
        raise rows_error(layout) from problem
    columns = [list(column) for column in zip(*repaired.rows, strict=True)]
    table = _table(columns or [[] for _ in range(layout.width)])
    footer = tuple(tuple(row) for row in rows[len(rows) - length :])
    return Rows(table, footer, repaired.notes)


def _table(columns: Sequence[list[str]]) -> pa.Table:
    arrays = [pa.array(column, pa.string()) for column in columns]
    encoded = [array.cast(ENCODED) if _repeats(array) else array for array in arrays]
    return pa.table(encoded, names=[f"f{column}" for column in range(len(columns))])
