"""Reads JSON: one document that holds a table, or one object on each line (JSON lines)."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from gated.errors import DataError, UsageError
from gated.table.io.kinds.json.copies import read_document, written
from gated.table.io.kinds.json.shapes import JsonTable, find_tables, table_of_objects
from gated.table.io.kinds.json.stat import cube_table
from gated.table.io.kinds.loaded import Loaded, TableFile, loaded_table
from gated.table.io.kinds.packed import read_bounded
from gated.table.io.kinds.typed import typed_column
from gated.text import did_you_mean, listed, option

__all__ = ["read_json"]

_SHAPES = (
    "Expected a list of objects, an object of lists of equal length, or one object on each line."
)
_SHOWN = 60  # characters of an invalid line in a message
_DESCRIPTIONS = frozenset({"fields", "columns", "schema", "meta", "metadata", "links", "facets"})


def read_json(file: TableFile, field: str | None, *, can_choose: bool) -> Loaded:
    """Read a JSON document or JSON lines.

    Args:
        file: the file.
        field: name of the field of the document that holds the table; by default the only one.
        can_choose: whether the caller's user can name a field, for the message.

    Raises:
        DataError: it is not JSON (the message names the line), or holds no table, or several.
        UsageError: there is no such field.
    """
    with file.open("rb") as stream:
        content = read_bounded(stream, file.name, "Save the table as Parquet.")
    text = _decoded(content, file.name)
    notes: tuple[str, ...] = ()
    lines: Sequence[int] | None = None
    try:
        if _has_object_lines(text):
            objects, lines = _objects(text, file.name)
            table = table_of_objects(objects)
        else:
            table, notes = _one_table(file.name, _document(text, file.name), field, can_choose)
    except RecursionError as problem:
        raise DataError(f"{file.name}: the JSON is nested too deeply.") from problem
    if not table.columns:
        raise DataError(f"{file.name}: the JSON holds no rows. {_SHAPES}")
    rows = len(next(iter(table.columns.values())))
    columns = [typed_column(values) for values in table.columns.values()]
    names = [written(name) for name in table.columns]
    whole = pa.Table.from_arrays(columns, names=names)
    loaded = loaded_table(whole, file.name, (*notes, *table.notes))
    numbered = lines if lines is not None and len(lines) == rows else None
    return replace(loaded, file_row=lambda row: row + 1 if numbered is None else numbered[row])


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode(json.detect_encoding(content))
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise DataError(
            f"{name}: line {line} is not of the encoding UTF-8, which JSON has."
        ) from problem


def _has_object_lines(text: str) -> bool:
    """Whether each line is an object of its own, and not a part of one document."""
    lines = text.lstrip().split("\n", 2)
    if not lines[0].startswith("{"):
        return False
    try:
        read_document(lines[0])
    except json.JSONDecodeError:
        # A first line that is cut short, before lines that begin with an object
        return len(lines) > 1 and lines[0].rstrip() != "{" and lines[1].startswith("{")
    return len(lines) > 1 and bool("".join(lines[1:]).strip())


def _objects(text: str, name: str) -> tuple[list[dict[str, Any]], list[int]]:
    """The objects of JSON lines, and the number of the line of each."""
    objects, numbers = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = read_document(line)
        except json.JSONDecodeError as problem:
            raise DataError(
                f"{name}: line {number} is not JSON ({problem.msg}, character {problem.colno}): "
                f"{_cut(line)}. Expected one object on each line."
            ) from problem
        if not isinstance(found, dict):
            raise DataError(
                f"{name}: line {number} is {_described(found)}: {_cut(line)}. Expected one object "
                "on each line."
            )
        objects.append(found)
        numbers.append(number)
    return objects, numbers


def _document(text: str, name: str) -> Any:
    try:
        return read_document(text)
    except json.JSONDecodeError as problem:
        line = text.split("\n")[problem.lineno - 1]
        raise DataError(
            f"{name}: line {problem.lineno} is not JSON ({problem.msg}, character "
            f"{problem.colno}): {_cut(line[max(0, problem.colno - _SHOWN // 2) :])}. {_SHAPES}"
        ) from problem


def _without_descriptions(tables: dict[str, JsonTable]) -> dict[str, JsonTable]:
    """The tables without those that describe the columns of others, as CKAN writes them."""
    others = {
        path: table
        for path, table in tables.items()
        if path.rpartition(".")[2].casefold() not in _DESCRIPTIONS
    }
    return others or tables


def _one_table(
    name: str, document: Any, field: str | None, can_choose: bool
) -> tuple[JsonTable, tuple[str, ...]]:
    cube = cube_table(document) if field is None else None
    if cube is not None:
        return cube, ()
    tables = find_tables(document)
    if not tables:
        raise DataError(f"{name}: the JSON is {_described(document)} without a table. {_SHAPES}")
    if field is not None:
        if field not in tables:
            fields = [one for one in tables if one]
            known = f" Its tables are {listed(fields)}." if fields else ""
            raise UsageError(
                f"{name}: no field `{field}` holds a table ({option('sheet')})."
                f"{did_you_mean(field, fields)}{known}"
            )
        return tables[field], ()
    tables = _without_descriptions(tables)
    if len(tables) > 1:
        what = (
            f"Name one with {option('sheet')}."
            if can_choose
            else "Expected one. Save it as a file of its own."
        )
        raise DataError(f"{name}: several fields hold a table: {listed(tables)}. {what}")
    found, table = next(iter(tables.items()))
    return table, (f"The table is in the field `{found}`.",) if found else ()


def _described(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")


def _cut(line: str) -> str:
    text = line.strip()
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
