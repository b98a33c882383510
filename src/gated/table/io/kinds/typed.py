"""Makes a typed column of Python values, without a change of a value.

Values of several types in one column become text, as they are written.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pyarrow as pa

__all__ = ["spelled", "typed_column"]

_LARGEST = 2**63
_EXACT = 2**53  # whole numbers below it are exact as floats
_NOISE = 1000  # microseconds: spreadsheets store a time as a fraction of a day, rounded


def typed_column(values: Sequence[object]) -> pa.Array:
    """A column of numbers, times, true and false, or text; None is missing.

    >>> typed_column([1.0, None, 2.5]).to_pylist(), typed_column([1, "a"]).to_pylist()
    ([1.0, None, 2.5], ['1', 'a'])
    """
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds and kinds <= {int, float}:
        return _numbers(values)
    if kinds and kinds <= {date, datetime}:
        return pa.array([_instant(value) for value in values], pa.timestamp("us"))
    return pa.array([None if value is None else spelled(value) for value in values], pa.string())


def _numbers(values: Sequence[object]) -> pa.Array:
    numbers = [value for value in values if isinstance(value, int | float)]
    if all(isinstance(value, int) for value in numbers):
        if all(-_LARGEST <= value < _LARGEST for value in numbers):
            return pa.array(values, pa.int64())
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    if all(abs(value) < _EXACT and value == int(value) for value in numbers):
        return pa.array([None if v is None else int(v) for v in values], pa.int64())  # type: ignore[call-overload]
    return pa.array([None if v is None else float(v) for v in values], pa.float64())  # type: ignore[arg-type]


def _instant(value: object) -> datetime | None:
    if isinstance(value, datetime):
        second = value.replace(microsecond=0)
        if value.microsecond <= _NOISE:
            return second
        if value.microsecond >= 10**6 - _NOISE:
            return second + timedelta(seconds=1)
        return value
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None


def spelled(value: object) -> str:
    """A value as text: times as ISO 8601, whole numbers without a fraction.

    >>> spelled(5.0), spelled(0.1), spelled(datetime(2024, 1, 1, 7)), spelled(True)
    ('5', '0.1', '2024-01-01T07:00:00', 'true')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and abs(value) < _EXACT and value == int(value):
        return str(int(value))
    if isinstance(value, datetime):
        instant = _instant(value)
        return instant.isoformat() if instant is not None else ""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value)
