"""Splits the rows of a wide text file at once: one array has the cells of all columns.

pyarrow keeps buffers of some kilobytes for each column of each block: for 100,000 columns of a
hundred rows they are thirty times the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gated.arrays import BoolArray, IntArray
from gated.table.io.text.layout import Layout
from gated.table.io.text.opening import LONGEST_LINE, open_bytes

__all__ = ["FEWEST_WIDE", "WideTable", "split_wide"]

FEWEST_WIDE = 1000  # columns
BLOCK_BYTES = 1 << 26
LINE_END = ord("\n")
QUOTE = b'"'
BLANK = ord(" ")  # all smaller codes are control characters
ODD_LINE_END = re.compile(rb"\r(?!\n)")


@dataclass(frozen=True)
class WideTable:
    """The columns of a wide file.

    Attributes:
        table: the columns, named f0, f1, …, all text.
        is_plain: whether all cells are ASCII, without blanks around them.
    """

    table: pa.Table
    is_plain: bool


def split_wide(layout: Layout) -> WideTable | None:
    """Split the rows of data into columns of text.

    None if a row has another length, or a quote is within a cell: such rows are split by others.

    Raises:
        UnicodeError: the bytes are not of the layout's encoding.
        OSError, EOFError, zlib.error: the file is damaged.
    """
    if layout.encoding.startswith("utf-16"):
        return None
    parts: list[pa.StringArray] = []
    is_plain = True
    for block in _blocks(layout):
        if block is None:
            return None
        text = block if block.isascii() else block.decode(layout.encoding).encode()
        cells = _cells(text, ord(layout.separator), layout.width)
        if cells is None:
            return None
        is_plain = is_plain and text.isascii() and cells[1]
        parts.append(cells[0])
    if not parts:
        return None
    names = [f"f{column}" for column in range(layout.width)]
    rows = [len(part) // layout.width for part in parts]
    columns = [
        pa.chunked_array(
            [part.slice(column * size, size) for part, size in zip(parts, rows, strict=True)]
        )
        for column in range(layout.width)
    ]
    return WideTable(pa.table(columns, names=names), is_plain)


def _blocks(layout: Layout) -> Iterator[bytes | None]:
    """Whole rows of data with one line feed at the end; None where they are not split here."""
    with open_bytes(layout.path) as file:
        for _ in range(layout.lines_above):
            line = file.readline(LONGEST_LINE)
            if not line.endswith(b"\n") or ODD_LINE_END.search(line):
                yield None  # lines may end in another way
                return
        rest = b"" if layout.lines_above else file.read(3).removeprefix(b"\xef\xbb\xbf")
        while part := file.read(BLOCK_BYTES):
            end = part.rfind(b"\n") + 1
            if not end and len(rest) + len(part) > BLOCK_BYTES:
                yield None
                return
            block, rest = (rest + part[:end], part[end:]) if end else (b"", rest + part)
            if block:
                yield _ended(block)
        if rest.strip(b"\r\n"):
            yield _ended(rest.rstrip(b"\r\n") + b"\n")


def _ended(block: bytes) -> bytes | None:
    """Lines that end in a line feed alone, without empty ones below; None if some end otherwise."""
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
        if b"\r" in block:
            return None
    return block.rstrip(b"\n") + b"\n"


def _cells(text: bytes, separator: int, width: int) -> tuple[pa.StringArray, bool] | None:
    """The cells [width · R], column after column, and whether no blanks are around them.

    None if a row has another number of cells, or a quote is not around a whole cell.
    """
    codes = np.frombuffer(text, dtype=np.uint8)
    is_end = (codes == separator) | (codes == LINE_END)
    ends = np.flatnonzero(is_end)
    rows = len(ends) // width
    last = ends[width - 1 :: width]
    if len(ends) != rows * width or (codes[last] != LINE_END).any():
        return None
    if text.count(b"\n") != rows:
        return None
    offsets = np.zeros(len(ends) + 1, dtype=np.int32)
    offsets[1:] = ends - np.arange(len(ends))
    is_cut = is_end
    if QUOTE in text:
        quotes = np.flatnonzero(codes == QUOTE[0])
        if not _are_around_cells(quotes, is_end, ends):
            return None
        offsets[1:] -= np.searchsorted(quotes, ends).astype(np.int32)
        is_cut = is_end | (codes == QUOTE[0])
    cells = pa.StringArray.from_buffers(
        len(ends), pa.py_buffer(offsets), pa.py_buffer(codes[~is_cut]), null_count=0
    )
    by_column = np.arange(len(ends), dtype=np.int32).reshape(rows, width).T.reshape(-1)
    return cells.take(pa.array(by_column)), not _has_blanks(codes, is_cut)


def _are_around_cells(quotes: IntArray, is_end: BoolArray, ends: IntArray) -> bool:
    """Whether each pair of quotes begins and ends one cell."""
    opening, closing = quotes[::2], quotes[1::2]
    if len(opening) != len(closing):
        return False
    begins = is_end[opening - 1] | (opening == 0)
    if not (begins.all() and is_end[closing + 1].all()):
        return False
    return bool((np.searchsorted(ends, opening) == np.searchsorted(ends, closing)).all())


def _has_blanks(codes: NDArray[np.uint8], is_cut: BoolArray) -> bool:
    """Whether a cell begins or ends with a blank, or has a control character."""
    if ((codes < BLANK) & ~is_cut).any():
        return True
    blanks = np.flatnonzero(codes == BLANK)
    before = is_cut[blanks - 1] | (blanks == 0)
    return bool((before | is_cut[blanks + 1]).any())
