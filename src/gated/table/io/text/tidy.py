"""Names the columns of a text file, cuts blanks around its texts, and leaves out empty columns."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from gated.table.io.rows.first_cells import LOOK_ROWS, first_cells
from gated.table.io.rows.repeated_names import RepeatedName, with_different_names
from gated.text import counted, listed

__all__ = ["cut_blanks", "name_columns"]

QUOTED = r'^"([^"]*)"$'


def name_columns(
    path: Path, table: pa.Table, written: Sequence[str]
) -> tuple[pa.Table, Mapping[str, RepeatedName], tuple[str, ...]]:
    """Name the columns by the header, or by their position; empty columns without a name go.

    Returns:
        The table, its columns whose name the header repeats, and notes.

    Raises:
        DataError: the header names two columns alike, by one time.
    """
    notes: list[str] = []
    if not written:
        notes.append("The file has no header row; the columns are named column_1, column_2, ….")
    first = list(written) or [""] * table.num_columns
    names = [name or f"column_{position}" for position, name in enumerate(first, start=1)]
    table = table.rename_columns(names)
    unnamed = [name for name, given in zip(names, first, strict=True) if not given]
    empty = [name for name in unnamed if table.num_rows and _is_empty(table.column(name))]
    if empty:
        table = table.drop_columns(empty)
        unnamed = [name for name in unnamed if name not in empty]
        notes.append(f"{counted(len(empty), 'column')} without a name and without cells left out.")
    if unnamed and written:
        notes.append(f"Columns without a name were named by their position: {listed(unnamed)}.")
    table, repeated, repeated_notes = with_different_names(table, f"{path.name}: ")
    return table, repeated, (*notes, *repeated_notes)


def cut_blanks(table: pa.Table) -> tuple[pa.Table, tuple[str, ...]]:
    """Cut blanks around the texts, so that "Oslo " and "Oslo" are one label.

    >>> table = pa.table({"shop": pa.array(["Oslo ", "Oslo"]).dictionary_encode()})
    >>> cut_blanks(table)[1]
    ('`shop`: texts that differ only by blanks around them were taken as one ("Oslo").',)
    """
    notes: list[str] = []
    are_cut = _are_cut(table)
    for position, name in enumerate(table.column_names):
        column = table.column(position)
        if column.num_chunks == 0 or (are_cut and pt.is_string(column.type)):
            continue
        is_encoded = pt.is_dictionary(column.type)
        texts = column.chunk(0).dictionary if is_encoded else column.slice(0, LOOK_ROWS)
        cut = _cut(texts)
        if pc.all(pc.equal(cut, texts)).as_py() is not False:
            continue
        whole = _cut(column.cast(pa.string()))
        table = table.set_column(position, name, whole.cast(column.type).unify_dictionaries())
        if is_encoded and (twice := _first_repeated(cut)) is not None:
            notes.append(
                f"`{name}`: texts that differ only by blanks around them were taken as one "
                f'("{twice}").'
            )
    return table, tuple(notes)


def _are_cut(table: pa.Table) -> bool:
    """Whether no first cell of a column that is not encoded changes."""
    texts = first_cells(table)
    return texts is not None and pc.all(pc.equal(_cut(texts), texts)).as_py() is not False


def _cut(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Texts without blanks around them, and without quotes that follow a blank."""
    return pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), QUOTED, r"\1")


def _first_repeated(texts: pa.Array) -> str | None:
    counts = pc.value_counts(texts)
    repeated = counts.filter(pc.greater(pc.struct_field(counts, "counts"), 1))
    return str(repeated[0]["values"].as_py()) if len(repeated) else None


def _is_empty(column: pa.ChunkedArray) -> bool:
    if pt.is_dictionary(column.type):
        column = pa.chunked_array([chunk.dictionary for chunk in column.chunks], pa.string())
    return bool(pc.all(pc.equal(pc.utf8_trim_whitespace(column), "")).as_py() is not False)
