"""Reads several files with the same columns as one table: a list of paths, or a folder.

A folder's name such as `store=1` (Hive's way of partitions) becomes a column.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa

from gated.errors import DataError
from gated.table.io.files import load_file
from gated.table.io.kinds.loaded import Loaded, frame_of
from gated.table.io.parquet import ParquetColumns
from gated.table.io.table_file import tables_below
from gated.text import counted, listed, printable

__all__ = ["joined", "load_folder"]

Part = tuple[Loaded, Mapping[str, str | None]]
"""A file, and the columns that its folders name."""

_HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"  # the folder of rows without a value
_SHOWN = 4  # files in a note


def load_folder(folder: Path, sheet: str | None, *, can_choose: bool) -> Loaded:
    """Read the tables of a folder, and of those below it, as one table.

    Args:
        folder: the folder.
        sheet: the sheet of each file, if they are spreadsheets.
        can_choose: whether the caller's user can give `sheet`, for messages.

    Raises:
        DataError: they have different columns, or one of them cannot be read.
    """
    parts: list[Part] = []
    for path in tables_below(folder):
        inner = path.relative_to(folder)
        loaded = load_file(path, sheet, can_choose=can_choose)
        # Files of several folders may have the same name.
        parts.append((replace(loaded, name=str(inner)), _hive_columns(inner)))
    return joined(parts, folder.resolve().name)


def joined(parts: Sequence[Part], folder: str | None = None) -> Loaded:
    """Join files to one table.

    Args:
        parts: the files, in the order of their rows.
        folder: the name of the folder that was given; None for a list of files.

    Raises:
        DataError: they have different columns or types.
    """
    parts = [(replace(one, name=printable(one.name)), named) for one, named in parts]
    loaded = [one for one, _ in parts]
    names = [one.name for one in loaded]
    title = names[0] if folder is None else folder
    found = "" if folder is None else f"The directory {title} holds "
    if len(loaded) == 1 and not parts[0][1]:
        one = loaded[0]
        note = (f"{found}one table, `{one.name}`.",) if found else ()
        return replace(one, notes=(*note, *one.notes))
    _check_columns(parts, title)
    columns = loaded[0].frame.columns
    tables = [_with_folders(_table(one).select(columns), named) for one, named in parts]
    starts = [0, *accumulate(len(table) for table in tables)]

    def place(row: int) -> str:
        at = bisect_right(starts, row) - 1
        return loaded[at].where(row - starts[at])

    what = f"{counted(len(names), 'file')} with the same columns"
    done = ", read as one table" if found else " were read as one table"
    notes = [f"{found}{what}{done}: {listed(names, _SHOWN)}."]
    if parts[0][1]:
        notes.append(f"The names of the directories became columns: {listed(parts[0][1])}.")
    notes += dict.fromkeys(note for one in loaded for note in one.notes)
    return Loaded(
        frame_of(_concatenated(tables, names)),
        name=title,
        is_text=all(one.is_text for one in loaded),
        decimal_comma=all(one.decimal_comma for one in loaded),
        open_comma=all(one.open_comma for one in loaded),
        notes=tuple(notes),
        place=place,
        repeated=loaded[0].repeated,
    )


def _check_columns(parts: Sequence[Part], title: str) -> None:
    first, first_named = parts[0]
    for one, named in parts:
        mine, other = set(first.frame.columns) | set(first_named), set(one.frame.columns)
        other |= set(named)
        if mine != other:
            only = [
                f"only {table.name} has {listed(sorted(more))}"
                for table, more in ((first, mine - other), (one, other - mine))
                if more
            ]
            raise DataError(
                f"{title}: {first.name} and {one.name} have different columns: "
                f"{'; '.join(only)}. Expected the same in all files of one table. Give one of the "
                "files."
            )
        if set(named) & set(one.frame.columns):
            raise DataError(
                f"{title}: {one.name} has a column {listed(set(named) & set(one.frame.columns))}, "
                "which the name of its directory gives, too. Expected it once."
            )
        if one.is_text != first.is_text or one.decimal_comma != first.decimal_comma:
            raise DataError(
                f"{title}: {first.name} and {one.name} are in different formats. Expected files "
                "of one format. Give one of the files."
            )


def _table(loaded: Loaded) -> pa.Table:
    frame = loaded.frame
    return frame.whole() if isinstance(frame, ParquetColumns) else frame.to_arrow()


def _with_folders(table: pa.Table, named: Mapping[str, str | None]) -> pa.Table:
    for name, value in named.items():
        table = table.append_column(name, pa.array([value] * len(table), pa.string()))
    return table


def _concatenated(tables: Sequence[pa.Table], names: Sequence[str]) -> pa.Table:
    try:
        return pa.concat_tables(map(_decoded, tables), promote_options="permissive")
    except pa.ArrowException as problem:
        for name, table in zip(names, tables, strict=True):
            for column in tables[0].column_names:
                mine, other = tables[0].schema.field(column).type, table.schema.field(column).type
                if mine != other:
                    raise DataError(
                        f"{names[0]} and {name}: column `{column}` is of type {mine} in the first "
                        f"file and of type {other} in the second. Expected one type."
                    ) from problem
        raise DataError(f"{names[0]} …: the files cannot be joined ({problem}).") from problem


def _decoded(table: pa.Table) -> pa.Table:
    """The table without dictionaries, which differ from file to file."""
    fields = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _hive_columns(path: Path) -> dict[str, str | None]:
    columns: dict[str, str | None] = {}
    for folder in path.parts[:-1]:
        name, equals, value = folder.partition("=")
        if equals and name:
            columns[name] = None if value == _HIVE_NULL else unquote(value)
    return columns
