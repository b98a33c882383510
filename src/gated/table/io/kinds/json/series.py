"""Reads JSON objects that each hold the values of a series as a list, as GluonTS writes them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

__all__ = ["series_columns"]

VALUES = ("target", "values", "value", "y")  # names of the list
STEP = re.compile(r"^(?P<count>\d*)(?P<unit>[A-Za-z]+)(?:-[A-Z]{3})?$")
# Aliases of older pandas, and of the begin and the end of a period, as those of periods.
PERIODS = {
    "H": "h", "T": "min", "S": "s", "MS": "M", "ME": "M", "QS": "Q", "QE": "Q", "YS": "Y",
    "YE": "Y", "AS": "Y", "A": "Y",
}  # fmt: skip


def series_columns(objects: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]] | None:
    """A row for each value of the objects' lists; None if they hold no such lists.

    The times count from `start` in steps of `freq`; without these fields, they are 0, 1, 2, ….

    >>> objects = [{"start": "2024-01-31", "freq": "D", "target": [5, 7], "item_id": "a"}]
    >>> series_columns(objects)
    {'item_id': ['a', 'a'], 'ds': ['2024-01-31T00:00:00', '2024-02-01T00:00:00'], 'target': [5, 7]}
    """
    field = next((name for name in VALUES if objects and _has_values(objects[0], name)), None)
    if field is None or not all(_has_values(one, field) for one in objects):
        return None
    labels = [
        name
        for name, value in objects[0].items()
        if isinstance(value, str) and name not in (field, "start", "freq")
    ]
    columns: dict[str, list[Any]] = {name: [] for name in labels}
    if not labels and len(objects) > 1:
        labels, columns = ["item_id"], {"item_id": []}
    columns |= {"ds": [], field: []}
    for number, one in enumerate(objects):
        values = one[field]
        for name in labels:
            columns[name] += [one.get(name, str(number))] * len(values)
        columns["ds"] += _times(one, len(values))
        columns[field] += [None if value == "NaN" else value for value in values]
    return columns


def _has_values(one: Mapping[str, Any], name: str) -> bool:
    values = one.get(name)
    return (
        isinstance(values, list)
        and len(values) > 1
        and all(value is None or value == "NaN" or type(value) in (int, float) for value in values)
    )


def _times(one: Mapping[str, Any], length: int) -> list[Any]:
    step = STEP.match(str(one.get("freq", "")))
    if step is None or not isinstance(one.get("start"), str):
        return list(range(length))
    unit = PERIODS.get(step["unit"], step["unit"])
    try:
        periods = pd.period_range(one["start"], periods=length, freq=f"{step['count']}{unit}")
    except ValueError:  # no alias of pandas: the steps are numbered
        return list(range(length))
    return [moment.isoformat() for moment in periods.start_time]
