"""Reads delimited text files (.csv, .tsv, .txt, each also gzipped) as columns of text.

A column with repeated texts is dictionary-encoded: each text once, and one code per row.

No value is converted here: numbers and dates are parsed after the columns have their roles, so
that "007" stays an id and a message can quote an invalid cell as written.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from gated.errors import DataError
from gated.text import counted, listed

__all__ = ["DelimitedText", "read_delimited"]

HEAD_BYTES = 1 << 20  # enough to detect the separator and to read the widest header
BLOCK_BYTES = 1 << 24  # pyarrow cannot read a row that is longer than one block
ENCODED = pa.dictionary(pa.int32(), pa.string())  # each text once, and one code per row
MOST_DISTINCT = 0.5  # distinct texts per row; above it, encoding needs more memory than the texts
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
NUMBER = r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$"
DATE = r"^\d{4}-\d{2}(-\d{2})?([T ].*)?$|^\d{1,2}/\d{1,2}/\d{4}$"


@dataclass(frozen=True)
class DelimitedText:
    """The columns of a text file, all as text, and the layout of the file."""

    table: pa.Table
    delimiter: str
    notes: tuple[str, ...]
    file_row: Callable[[int], int]


@dataclass(frozen=True)
class _Layout:
    """The layout of a file, which is needed to split its rows."""

    path: Path
    encoding: str
    delimiter: str
    columns: int

    def open(self) -> BinaryIO:
        return cast(BinaryIO, _open_bytes(self.path))


def read_delimited(path: Path) -> DelimitedText:
    """Read a delimited text file; every column is returned as text.

    The separator (comma, semicolon, tab or bar), the encoding (UTF-8, UTF-16, else Windows-1252
    or Latin-1) and the header row are detected from the beginning of the file.

    Raises:
        DataError: the file is empty, damaged or binary, or a row has too few or too many cells.
    """
    head = _head(path)
    layout = _sniff(path, head)
    while True:
        try:
            table = _parse(layout)
            break
        except UnicodeError as problem:
            if layout.encoding == "utf-16":  # its first two bytes name the encoding
                raise _damaged(path, problem) from problem
            fallback = "cp1252" if layout.encoding == "utf-8" else "latin-1"
            layout = replace(layout, encoding=fallback)
    _refuse_open_quote(layout, table)
    table, has_header, notes = _name_columns(path, table)
    if layout.encoding != "utf-8":
        notes = (f"The file is not UTF-8; it was read as {layout.encoding}.", *notes)
    if layout.delimiter != ",":
        notes = (*notes, f"Cells are separated by a {DELIMITERS[layout.delimiter]}.")
    return DelimitedText(
        table, layout.delimiter, notes, partial(_file_row, layout, 1 if has_header else 0)
    )


def _open_bytes(path: Path) -> BinaryIO | gzip.GzipFile:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")


def _head(path: Path) -> bytes:
    try:
        with _open_bytes(path) as file:
            head = file.read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as problem:
        raise _damaged(path, problem) from problem
    if not head.strip():
        raise _empty(path)
    is_utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in head and not is_utf16:
        raise DataError(
            f"{path.name}: this is a binary file, not text. Expected rows of separated values; "
            "the name of a Parquet file must end in .parquet, of a gzipped file in .gz."
        )
    return head


def _empty(path: Path) -> DataError:
    return DataError(f"{path.name}: the file is empty: it has no rows.")


def _damaged(path: Path, problem: BaseException) -> DataError:
    return DataError(f"{path.name}: the file is damaged or cut short ({problem}).")


def _sniff(path: Path, head: bytes) -> _Layout:
    """Encoding, separator and number of columns from the first block of the file."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
        text = head[: len(head) // 2 * 2].decode(encoding, errors="replace")
    else:
        encoding = "utf-8"  # a wrong guess raises an error when the whole file is decoded
        text = head.decode("utf-8-sig", errors="replace")
    lines = [line for line in text.splitlines() if line][:50]
    if len(head) == HEAD_BYTES and len(lines) > 1:
        lines = lines[:-1]  # the last one may be cut in the middle
    fields = {mark: _field_counts(lines, mark) for mark in DELIMITERS}
    # The separator splits the first line, and most lines into the same number of cells.
    scores = {
        mark: (counts.count(counts[0]) / len(counts), counts[0])
        for mark, counts in fields.items()
        if counts[0] > 1
    }
    delimiter = max(scores, key=lambda mark: scores[mark]) if scores else ","
    return _Layout(path, encoding, delimiter, fields[delimiter][0])


def _field_counts(lines: list[str], delimiter: str) -> list[int]:
    try:
        return [len(cells) for cells in csv.reader(lines, delimiter=delimiter)] or [1]
    except csv.Error:  # a cell longer than the reader's limit: count the marks, quoted or not
        return [line.count(delimiter) + 1 for line in lines]


def _parse(layout: _Layout) -> pa.Table:
    """Split the rows into columns of text.

    Raises:
        UnicodeError: the bytes are not of the layout's encoding.
        DataError: the file is damaged, or a row has too few or too many cells.
    """
    types = {f"f{column}": pa.string() for column in range(layout.columns)}
    try:
        with layout.open() as file:
            begin = pyarrow.csv.open_csv(file, **_options(layout, types)).read_next_batch()
        types |= {name: ENCODED for name in types if _repeats(begin.column(name))}
        with layout.open() as file:
            return pyarrow.csv.read_csv(file, **_options(layout, types)).unify_dictionaries()
    except pa.ArrowInvalid as problem:
        if "UTF8" in str(problem):
            raise UnicodeError(str(problem)) from problem
        if "Empty CSV" in str(problem):  # a byte order mark and no more, or empty lines
            raise _empty(layout.path) from problem
        raise _wrong_length(layout) from problem
    except (OSError, EOFError, zlib.error) as problem:
        raise _damaged(layout.path, problem) from problem


def _options(layout: _Layout, types: dict[str, pa.DataType]) -> dict[str, Any]:
    return {
        "read_options": pyarrow.csv.ReadOptions(
            # The header is read as data: it is text too, and a file may have none.
            autogenerate_column_names=True,
            encoding=layout.encoding,
            block_size=BLOCK_BYTES,
        ),
        "parse_options": pyarrow.csv.ParseOptions(
            delimiter=layout.delimiter, newlines_in_values=True
        ),
        "convert_options": pyarrow.csv.ConvertOptions(
            column_types=types, strings_can_be_null=False
        ),
    }


def _repeats(cells: pa.Array) -> bool:
    """Whether the cells are repeated texts, such as labels and dates, and not numbers."""
    if len(pc.unique(cells)) > MOST_DISTINCT * len(cells):
        return False
    return bool(pc.mean(pc.match_substring_regex(cells, NUMBER).cast(pa.int8())).as_py() < 0.5)


def _records(layout: _Layout, *, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, with their numbers in the file (from 1)."""
    with io.TextIOWrapper(
        layout.open(), encoding=layout.encoding, errors="replace", newline=""
    ) as lines:
        records = csv.reader(lines, delimiter=layout.delimiter, strict=strict)
        for number, cells in enumerate(records, start=1):
            if cells:
                yield number, cells


def _refuse_open_quote(layout: _Layout, table: pa.Table) -> None:
    """Raise an error for an unclosed quote: the parser reads all that follows as one cell."""
    last = [str(column[-1].as_py()) for column in table.columns]
    problem = _open_quote(layout) if _has_line_break(last) else None
    if problem is not None:
        raise problem


def _has_line_break(cells: list[str]) -> bool:
    return any("\n" in cell or "\r" in cell for cell in cells)


def _open_quote(layout: _Layout) -> DataError | None:
    """The error for quotes that are not in pairs; None if all are."""
    whole = 0
    try:
        for number, _ in _records(layout, strict=True):
            whole = number
    except csv.Error as problem:
        return DataError(
            f"{layout.path.name}: row {whole + 1} opens a quote that is not closed as it should "
            f"be ({problem}). Expected quotes around whole cells, in pairs."
        )
    return None


def _wrong_length(layout: _Layout) -> DataError:
    expected = None
    try:
        for number, cells in _records(layout):
            expected = expected or len(cells)
            if len(cells) != expected:
                if _has_line_break(cells) and (open_quote := _open_quote(layout)) is not None:
                    return open_quote
                text = layout.delimiter.join(cells)
                shown = text if len(text) <= 60 else text[:57] + "…"
                return DataError(
                    f"{layout.path.name}: row {number} has {counted(len(cells), 'cell')}: "
                    f"{shown!r}. Expected {expected}, as in the first row, separated by a "
                    f"{DELIMITERS[layout.delimiter]}."
                )
    except csv.Error as problem:
        return DataError(f"{layout.path.name}: the rows cannot be split into cells ({problem}).")
    return DataError(
        f"{layout.path.name}: the rows cannot be split into cells. Expected the same number in "
        "every row, and quotes that are closed."
    )


def _file_row(layout: _Layout, header_rows: int, row: int) -> int:
    """The row number in the file (from 1, empty lines included) of data row `row` (from 0)."""
    index = row + header_rows
    try:
        return next(islice((number for number, _ in _records(layout)), index, None))
    except (csv.Error, StopIteration):  # the two readers split unusual quoting differently
        return index + 1


def _name_columns(path: Path, table: pa.Table) -> tuple[pa.Table, bool, tuple[str, ...]]:
    """Use the first row as the header, unless it is data."""
    first = [str(column[0].as_py()).strip() for column in table.columns]
    notes: list[str] = []
    has_header = not _is_data(first)
    if not has_header:
        first = [""] * len(first)
        notes.append("The file has no header row; the columns are named column_1, column_2, ….")
    names = [name or f"column_{position}" for position, name in enumerate(first, start=1)]
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise DataError(
            f"{path.name}: the header names {listed(repeated)} more than once. "
            "Expected a different name for each column."
        )
    unnamed = [name for name, written in zip(names, first, strict=True) if not written]
    if has_header and unnamed:
        notes.append(f"Columns without a name were named by their position: {listed(unnamed)}.")
    return table.rename_columns(names).slice(1 if has_header else 0), has_header, tuple(notes)


def _is_data(first: list[str]) -> bool:
    """Whether a first row holds values: all numbers, or a date and numbers.

    pandas writes 0, 1, 2, … as the names of unnamed columns: such a row is a header.
    """
    cells = pa.array(first)
    numbers = pc.match_substring_regex(cells, NUMBER).to_pylist()
    if all(numbers):
        return first != [str(position) for position in range(len(first))]
    date_first = pc.match_substring_regex(cells[:1], DATE)[0].as_py()
    return bool(date_first and len(first) > 1 and all(numbers[1:]))
