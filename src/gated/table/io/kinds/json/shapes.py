"""Finds the tables in a JSON document: lists of objects, objects of lists, pandas' layouts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gated.table.io.kinds.json.copies import marked, written
from gated.table.io.kinds.json.series import series_columns
from gated.table.io.rows.cell_kinds import cell_kind
from gated.text import counted, listed

__all__ = ["JsonTable", "find_tables", "table_of_objects"]

VALUES = frozenset({"date", "number"})
_DEEPEST = 8  # levels of fields in which a table is searched
_MOST_PARTS = 3  # parts of a document that is a list; more are rows
_FIRST_SECOND = 10**8  # since 1970: in 1973; a number below it may be a value
_TIME_OR_NUMBER = re.compile(r"-?\d+([-/.:T ]\d+)*(Z|[+-]\d\d:?\d\d)?$")


@dataclass(frozen=True)
class JsonTable:
    """Columns of equal length, by name; None where a value is missing."""

    columns: dict[str, list[Any]]
    notes: tuple[str, ...] = ()


def find_tables(document: Any) -> dict[str, JsonTable]:
    """The tables of a document by the field that holds them; "" for the document itself.

    Of tables inside each other, the outer one; of several depths, those nearest the top.

    >>> find_tables({"unit": "MW", "data": [{"y": 1}, {"y": 2}]})["data"].columns
    {'y': [1, 2]}
    """
    level: list[tuple[str, Any]] = [("", document)]
    for _ in range(_DEEPEST):
        found = {path: table for path, value in level if (table := _as_table(value)) is not None}
        if found:
            return found
        level = [
            (f"{path}.{key}" if path else str(key), value)
            for path, outer in level
            for key, value in _fields(outer)
        ]
    return {}


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list) and len(value) <= _MOST_PARTS:
        yield from enumerate(value)  # as of the World Bank: the pages, then the rows


def _as_table(value: Any) -> JsonTable | None:
    if isinstance(value, list):
        return _from_list(value)
    if not isinstance(value, dict) or not value:
        return None
    if _is_split(value):
        return _from_split(value)
    columns = list(value.values())
    if all(isinstance(one, list) for one in columns):
        return _from_lists(value)
    if all(isinstance(one, dict) and one for one in columns):
        return _from_objects(value)
    if len(value) > 2 and all(_is_label(key) for key in value) and _are_plain(columns):
        return JsonTable({"ds": list(value), "y": columns})
    return None


def _from_list(rows: list[Any]) -> JsonTable | None:
    if rows and all(isinstance(row, dict) for row in rows):
        cells = (cell for row in rows[:_MOST_PARTS] for cell in row.values())
        is_outer = len(rows) <= _MOST_PARTS and any(
            _are_series(one) or _hold_rows(one) for one in cells
        )
        return None if is_outer else table_of_objects(rows)
    width = len(rows[0]) if rows and isinstance(rows[0], list) else 0
    if not width or not all(isinstance(row, list) and len(row) == width for row in rows):
        return None
    if not _are_plain([cell for row in rows[:100] for cell in row]):
        return None
    header, data = rows[0], rows[1:]
    if not all(isinstance(cell, str) for cell in header) or _repeats_values(header) or not data:
        header, data = [f"column_{at}" for at in range(1, width + 1)], rows
    return JsonTable(_columns(header, data))


def _repeats_values(header: Sequence[str]) -> bool:
    """Whether a cell occurs twice, and some are numbers or dates: then it is a row of data."""
    return len(set(header)) < len(header) and any(cell_kind(cell) in VALUES for cell in header)


def _is_split(value: Mapping[str, Any]) -> bool:
    """Whether it is the layout "split" of pandas."""
    names, rows = value.get("columns"), value.get("data")
    return (
        isinstance(names, list)
        and isinstance(rows, list)
        and set(value) <= {"columns", "index", "data"}
        and all(isinstance(row, list) and len(row) == len(names) for row in rows)
    )


def _from_split(value: Mapping[str, Any]) -> JsonTable:
    columns = _columns([str(name) for name in value["columns"]], value["data"])
    return _with_index(value.get("index") or [], columns)


def _from_lists(value: Mapping[str, list[Any]]) -> JsonTable | None:
    """An object of columns: lists of plain values of equal length."""
    lengths = {len(cells) for cells in value.values()}
    if len(lengths) != 1 or lengths == {0} or not all(map(_are_plain, value.values())):
        return None
    return JsonTable({str(name): list(cells) for name, cells in value.items()})


def _from_objects(value: Mapping[str, Mapping[str, Any]]) -> JsonTable | None:
    """An object of objects: pandas' layouts "columns" and "index", told apart by their labels."""
    outer = list(value)
    inner = list(dict.fromkeys(key for cells in value.values() for key in cells))
    if not _are_plain([cell for cells in value.values() for cell in cells.values()]):
        return None
    is_by_row, is_by_column = all(map(_is_label, outer)), all(map(_is_label, inner))
    if is_by_row == is_by_column:
        return None
    if is_by_row:
        columns = {name: [cells.get(name) for cells in value.values()] for name in inner}
        return _with_index(outer, columns)
    return _with_index(inner, {name: [value[name].get(key) for key in inner] for name in outer})


def _with_index(index: Sequence[Any], columns: dict[str, list[Any]]) -> JsonTable:
    """Columns with the labels of their rows, unless these only count the rows."""
    if not index or [str(label) for label in index] == [str(at) for at in range(len(index))]:
        return JsonTable(columns)
    name = next(one for one in ("ds", "index", "row") if one not in columns)
    labels = list(index)
    if all(isinstance(label, str) and label.lstrip("-").isdigit() for label in labels):
        labels = [int(label) for label in labels]
    note = f"The labels of the rows became the column `{name}`."
    return JsonTable({name: labels, **columns}, (note,))


def table_of_objects(rows: Sequence[Mapping[str, Any]]) -> JsonTable:
    """Objects as rows: fields of inner objects are columns named with a dot between.

    Objects that each describe a list of rows, as databases of measurements write their series, are
    as many rows as their lists have.

    >>> table_of_objects([{"y": 1}, {"y": 2, "at": {"lat": 5}}]).columns
    {'y': [1, 2], 'at.lat': [None, 5]}
    """
    listed_values = series_columns(rows)
    if listed_values is not None:
        note = f"Each of {counted(len(rows), 'object')} holds the values of a series as a list."
        return JsonTable(listed_values, (note,))
    inner = _rows_field(rows)
    if inner is not None:
        return _table_of_series(rows, inner)
    columns: dict[str, list[Any]] = {}
    for at, row in enumerate(rows):
        for name, value in _flat(row, ""):
            cells = columns.setdefault(name, [])
            cells.extend([None] * (at - len(cells)))
            cells.append(value)
    for cells in columns.values():
        cells.extend([None] * (len(rows) - len(cells)))
    nested = [name for name in columns if "." in name and not any(name in row for row in rows)]
    notes = (f"Nested fields became columns: {listed(map(written, nested))}.",) if nested else ()
    return JsonTable(columns, notes)


def _rows_field(objects: Sequence[Mapping[str, Any]]) -> str | None:
    """The field that holds a list of rows in each object; None if there is none, or several."""
    names = [name for name, value in objects[0].items() if _are_rows(value)] if objects else []
    if len(names) != 1 or not all(_are_rows(one.get(names[0])) for one in objects):
        return None
    rows = [row for one in objects for row in one[names[0]]]
    return names[0] if len({len(row) for row in rows}) == 1 else None


def _are_series(value: Any) -> bool:
    """Whether it is a list of objects that have rows of their own."""
    return (
        isinstance(value, list)
        and all(isinstance(one, dict) for one in value)
        and _rows_field(value) is not None
    )


def _hold_rows(value: Any) -> bool:
    """Whether an object has, at any depth, a list of more objects than a document has parts."""
    if isinstance(value, dict):
        return any(_hold_rows(inner) or _is_long(inner) for inner in value.values())
    return False


def _is_long(value: Any) -> bool:
    is_list = isinstance(value, list) and len(value) > _MOST_PARTS
    return is_list and all(isinstance(one, dict) for one in value)


def _are_rows(value: Any) -> bool:
    """Whether it is a list of lists of plain values, of at least two cells each."""
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(isinstance(row, list) and len(row) > 1 and _are_plain(row) for row in value)
    )


def _table_of_series(objects: Sequence[Mapping[str, Any]], inner: str) -> JsonTable:
    """The rows of all objects; their other fields are columns that repeat in each row.

    Names of the cells are those of a list of as many texts beside the rows; of two cells without
    names, one may be the time of the other.
    """
    width = len(objects[0][inner][0])
    heads = [name for name, value in objects[0].items() if _is_header(value, width)]
    head = heads[0] if len(heads) == 1 else None
    usual = _usual_names(objects, inner, width)
    rows: list[dict[str, Any]] = []
    for one in objects:
        rest = {name: value for name, value in one.items() if name not in (inner, head)}
        labels = {
            name: value for name, value in _flat(rest, "") if not isinstance(value, dict | list)
        }
        names = list(usual) if head is None else one.get(head, usual)
        rows += [{**labels, **dict(zip(names, row, strict=True))} for row in one[inner]]
    table = table_of_objects(rows)
    note = f"The rows are those of `{inner}` in {counted(len(objects), 'object')}."
    return JsonTable(table.columns, (note, *table.notes))


def _usual_names(objects: Sequence[Mapping[str, Any]], inner: str, width: int) -> list[str]:
    """Names of cells without names: time and value if one of two is a time, else their numbers."""
    times = [at for at in range(width) if all(_are_times(one[inner], at) for one in objects)]
    if width == 2 and len(times) == 1:
        return ["time", "value"] if times == [0] else ["value", "time"]
    return [f"column_{at + 1}" for at in range(width)]


def _are_times(rows: Sequence[Sequence[Any]], at: int) -> bool:
    """Whether the cells are dates, or seconds or parts of them since 1970, in order."""
    cells = [row[at] for row in rows]
    if all(isinstance(cell, str) and cell[4:5] == "-" and _is_label(cell) for cell in cells):
        return True
    is_count = all(type(cell) in (int, float) and cell >= _FIRST_SECOND for cell in cells)
    return is_count and all(one < other for one, other in pairwise(cells))


def _is_header(value: Any, width: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == width == len(set(map(str, value)))
        and all(isinstance(name, str) for name in value)
    )


def _flat(row: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    return {name: [row[at] for row in rows] for at, name in enumerate(marked(names))}


def _are_plain(cells: Sequence[Any]) -> bool:
    return not any(isinstance(cell, dict | list) for cell in cells)


def _is_label(key: str) -> bool:
    """Whether a key is a time or the number of a row, and not the name of a column."""
    return _TIME_OR_NUMBER.match(key) is not None
