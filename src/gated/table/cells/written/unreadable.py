"""Writes the error for a cell that is not a number: which one, what was understood, what helps."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import IntArray
from gated.errors import DataError
from gated.table.cells.written.parts import split_cells
from gated.table.cells.written.reading import WrittenNumbers
from gated.table.cells.written.separators import Sign
from gated.text import counted, option

__all__ = ["open_sign", "unreadable"]

BOUNDS = "<>≤≥~"
LONGEST_SHOWN = 40  # characters of a cell in a message


def unreadable(
    found: WrittenNumbers,
    texts: pa.Array,
    codes: IntArray,
    column: str,
    where: Callable[[int], str],
) -> DataError:
    """The error for a column with a cell that is not a number.

    Args:
        found: the numbers of the distinct cells; at least one is wrong.
        texts: [K] distinct cells.
        codes: [R] the distinct cell of each row, -1 where missing.
        column: the name of the column.
        where: gives file and row of a row index.
    """
    if found.contradiction is not None and found.contradiction.kind == "decimal sign":
        return _two_decimal_signs(found, texts, codes, column, where)
    rows = np.flatnonzero((codes >= 0) & found.wrong[codes])
    row = int(rows[0])
    cell = texts[int(codes[row])].as_py()
    more = f" ({counted(len(rows) - 1, 'more cell')} like it)" if len(rows) > 1 else ""
    hint = _hint(found, texts, codes, cell, where)
    missing = "Leave a cell empty, or write NA, where the value is missing."
    if _may_be_mark(cell):
        missing = f"If it stands for a missing value, pass {option('missing', _shown(cell))}."
    return DataError(
        f'{where(row)}: {column} "{_shown(cell)}" is not a number{more}.{hint} Expected a plain '
        "number such as 1234.5, the same sign or unit in every cell or in none, and commas in a "
        f"column only between thousands. {missing}"
    )


def open_sign(
    text: pa.ChunkedArray, column: str, sign: Sign, where: Callable[[int], str]
) -> DataError:
    """The question about a column whose only sign is the decimal one or separates thousands.

    Args:
        text: the cells, null where missing.
        column: its name.
        sign: the sign.
        where: converts a row index to file and row number.
    """
    row = int(np.argmax(np.asarray(pc.fill_null(pc.match_substring(text, sign), False))))
    cell = text[row].as_py()
    name, other = ("comma", ".") if sign == "," else ("point", ",")
    whole, fraction = cell.replace(sign, ""), cell.replace(sign, ".")
    return DataError(
        f'{where(row)}: {column} "{cell}" may be {whole} or {fraction}, and the other cells leave '
        f"this open, too: each one has a {name} before its last three digits. Pass "
        f"{option('decimal', other)} if the {name} separates thousands, or "
        f"{option('decimal', sign)} if it is the decimal sign."
    )


def _may_be_mark(cell: str) -> bool:
    """Whether a cell may stand for a missing value: a word, or a bound such as "<1"."""
    digits = sum(sign.isdecimal() for sign in cell)
    return len(cell) <= LONGEST_SHOWN and "," not in cell and (digits == 0 or cell[0] in BOUNDS)


def _hint(
    found: WrittenNumbers,
    texts: pa.Array,
    codes: IntArray,
    cell: str,
    where: Callable[[int], str],
) -> str:
    """What was understood of the cell, and another cell of the column that contradicts it."""
    parts = split_cells(pa.array([cell]))
    numbers = np.flatnonzero(np.isfinite(found.values))
    if not parts.readable[0]:
        return ""
    digits = parts.digits[0].as_py()
    sign = f"{parts.prefix[0].as_py()} {parts.suffix[0].as_py()}".strip()
    if sign == found.unit or len(numbers) == 0:
        return f' The digits {digits} and the sign "{sign}" were found.' if sign else ""
    other = int(numbers[0])
    row = int(np.flatnonzero(codes == other)[0])
    example = f'"{_shown(texts[other].as_py())}" ({where(row)})'
    own = f'has the sign or unit "{sign}"' if sign else "has no sign or unit"
    its = f'"{found.unit}"' if found.unit else "none"
    return f" It {own}, but {example} has {its}."


def _two_decimal_signs(
    found: WrittenNumbers,
    texts: pa.Array,
    codes: IntArray,
    column: str,
    where: Callable[[int], str],
) -> DataError:
    assert found.contradiction is not None
    pair = (found.contradiction.first, found.contradiction.second)
    with_comma, with_point = (texts[index].as_py() for index in pair)
    comma_row, point_row = (int(np.flatnonzero(codes == index)[0]) for index in pair)
    return DataError(
        f'{where(point_row)}: {column} "{_shown(with_point)}" is not a number if the comma is the '
        f'decimal sign, as in "{_shown(with_comma)}" ({where(comma_row)}). Expected one decimal '
        "sign in the whole column: write all numbers with a decimal point."
    )


def _shown(cell: str) -> str:
    return cell if len(cell) <= LONGEST_SHOWN else cell[: LONGEST_SHOWN - 1] + "…"
