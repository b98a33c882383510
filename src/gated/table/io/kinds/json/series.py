"""Reads JSON objects that each hold the values of a series as a list, as GluonTS writes them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import IntArray

__all__ = ["series_columns"]

VALUES = ("target", "values", "value", "y")  # names of the list
STEP = re.compile(r"^(?P<count>\d*)(?P<unit>[A-Za-z]+)(?:-[A-Z]{3})?$")
# Aliases of older pandas, and of the begin and the end of a period, as those of periods.
PERIODS = {
    "H": "h", "T": "min", "S": "s", "MS": "M", "ME": "M", "QS": "Q", "QE": "Q", "YS": "Y",
    "YE": "Y", "AS": "Y", "A": "Y",
}  # fmt: skip
MONTHS = {"M": 1, "Q": 3, "Y": 12}
UNITS = {"D": "D", "h": "h", "min": "m", "s": "s", "ms": "ms", "us": "us"}  # of NumPy
MONDAY = np.datetime64("1970-01-05", "D")


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
    unit, count = PERIODS.get(step["unit"], step["unit"]), int(step["count"] or 1)
    try:
        start = np.datetime64(datetime.fromisoformat(one["start"]).replace(tzinfo=None), "us")
    except ValueError:
        try:
            start = np.datetime64(one["start"], "us")  # 2024-01 and 2024
        except ValueError:
            return list(range(length))
    times = _counted(start, unit, np.arange(length) * count)
    if times is None:  # an unknown unit: the steps are numbered
        return list(range(length))
    return [time.isoformat() for time in times.astype("M8[us]").tolist()]


def _counted(start: np.datetime64, unit: str, counts: IntArray) -> NDArray[np.datetime64] | None:
    """The begin of the period of a time, and of those `counts` periods later; None: no unit."""
    day = start.astype("M8[D]")
    times: NDArray[np.datetime64] | None = None
    if unit in MONTHS:
        size = MONTHS[unit]
        month = int(start.astype("M8[M]").astype(np.int64)) // size * size
        times = np.datetime64(month, "M") + counts * np.timedelta64(size, "M")
    elif unit == "W":  # weeks begin on Monday
        weeks = (day - MONDAY) // np.timedelta64(7, "D")
        times = MONDAY + (weeks + counts) * np.timedelta64(7, "D")
    elif unit == "B":
        times = np.busday_offset(day, counts, roll="forward")
    elif unit in UNITS:
        times = start.astype(f"M8[{UNITS[unit]}]") + counts
    return times
