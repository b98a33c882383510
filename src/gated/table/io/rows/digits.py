"""Writes the digits of other scripts, such as ٣ and ३, as 0 to 9."""

import sys
import unicodedata
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from gated.table.io.rows.first_cells import LOOK_ROWS, first_cells
from gated.text import listed

__all__ = ["with_plain_digits"]

OTHER_DIGIT = r"[^\P{Nd}0-9]"
FIRST_OTHER = 128  # the first character that is not ASCII
SIGNS = {ord("٫"): ".", ord("٬"): ","}  # the Arabic decimal sign, and the one of thousands


def with_plain_digits(table: pa.Table) -> tuple[pa.Table, tuple[str, ...]]:
    """The columns of text with digits 0 to 9, and a note if others were written.

    >>> table, notes = with_plain_digits(pa.table({"day": ["۱", "۲"], "y": ["१२", "٣٫٥"]}))
    >>> table.to_pydict()
    {'day': ['1', '2'], 'y': ['12', '3.5']}
    >>> notes
    ('Digits of another script in `day`, `y` were read as 0 to 9.',)
    """
    changed: list[str] = []
    first = first_cells(table)
    are_plain = first is not None and not _any_other_digit(first)
    for position, name in enumerate(table.column_names):
        column = table.column(position)
        if are_plain and pt.is_string(column.type):
            continue
        if column.num_chunks == 0 or not _has_other_digits(column):
            continue
        texts = pc.dictionary_encode(column.cast(pa.string())).combine_chunks()
        plain = [text.translate(_plain_signs()) for text in texts.dictionary.to_pylist()]
        cells = pa.array(plain, pa.string()).take(texts.indices)
        table = table.set_column(position, name, pa.chunked_array([cells.cast(column.type)]))
        changed.append(name)
    if not changed:
        return table, ()
    return table, (f"Digits of another script in {listed(changed)} were read as 0 to 9.",)


def _has_other_digits(column: pa.ChunkedArray) -> bool:
    is_encoded = pt.is_dictionary(column.type)
    texts = column.chunk(0).dictionary if is_encoded else column.slice(0, LOOK_ROWS)
    return _any_other_digit(texts)


def _any_other_digit(texts: pa.Array | pa.ChunkedArray) -> bool:
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return False
    return pc.any(pc.match_substring_regex(texts, OTHER_DIGIT)).as_py() is True


@cache
def _plain_signs() -> dict[int, str]:
    digits = {
        code: str(unicodedata.decimal(chr(code)))
        for code in range(FIRST_OTHER, sys.maxunicode)
        if unicodedata.category(chr(code)) == "Nd"
    }
    return {**digits, **SIGNS}
