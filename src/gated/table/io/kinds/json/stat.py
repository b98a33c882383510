"""Reads JSON-stat, the format of statistical offices: a cube of values and its dimensions."""

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

from gated.table.io.kinds.json.shapes import JsonTable
from gated.text import counted

__all__ = ["cube_table"]

_TIMES = frozenset({"time", "time_period", "tid", "år", "year", "month", "quarter", "måned"})


def cube_table(document: Any) -> JsonTable | None:
    """The values of a JSON-stat cube as rows, with a column for each dimension; None if it is none.

    Dimensions with one category are left out, but for the time. Times are written as their codes
    (2015M01), other categories as their labels.

    >>> cube = {"id": ["geo", "time"], "size": [1, 2], "value": [5, 6], "dimension": {
    ...     "geo": {"category": {"index": ["NO"]}},
    ...     "time": {"category": {"index": {"2023": 0, "2024": 1}}}}}
    >>> cube_table(cube).columns
    {'time': ['2023', '2024'], 'value': [5, 6]}
    """
    cube = document.get("dataset", document) if isinstance(document, dict) else None
    if not isinstance(cube, dict) or not isinstance(cube.get("dimension"), dict):
        return None
    dimension: Mapping[str, Any] = cube["dimension"]
    names = cube.get("id", dimension.get("id"))
    sizes = cube.get("size", dimension.get("size"))
    if not isinstance(names, list) or not isinstance(sizes, list) or "value" not in cube:
        return None
    roles = cube.get("role", dimension.get("role")) or {}
    times = {*roles.get("time", ())} or {name for name in names if name.casefold() in _TIMES}
    categories = [_categories(dimension.get(name), name in times) for name in names]
    if [len(labels) for labels in categories] != sizes:
        return None
    cells = list(product(*categories))
    columns: dict[str, list[Any]] = {
        name: [cell[at] for cell in cells]
        for at, name in enumerate(names)
        if name in times or sizes[at] > 1
    }
    value = next(one for one in ("value", "y", "target") if one not in columns)
    columns[value] = _values(cube["value"], prod(sizes))
    note = f"The document is JSON-stat; its {counted(len(names), 'dimension')} became columns."
    return JsonTable(columns, (note,))


def _categories(dimension: Any, has_times: bool) -> list[str]:
    """The codes of a dimension's categories in order, or their labels, if these differ."""
    category = dimension.get("category", {}) if isinstance(dimension, dict) else {}
    labels = category.get("label", {})
    index = category.get("index", list(labels))
    codes = sorted(index, key=lambda code: index[code]) if isinstance(index, dict) else index
    named = [str(labels.get(code, code)) for code in codes]
    return [*map(str, codes)] if has_times or len(set(named)) < len(named) else named


def _values(written: Any, size: int) -> list[Any]:
    """All values, None where there is none; those of a sparse cube stand by their position."""
    if isinstance(written, dict):
        return [written.get(str(at)) for at in range(size)]
    return [*written, *([None] * (size - len(written)))]
