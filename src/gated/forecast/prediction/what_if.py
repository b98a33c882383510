"""Changes past values or covariates of a table, for a forecast of what would have been."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.errors import DataError, UsageError
from gated.libraries import has_pandas
from gated.table import Table
from gated.table.schema import TimeForm
from gated.table.time.zones import to_wall
from gated.text import did_you_mean, listed

__all__ = ["Changes", "changed"]

Changes: TypeAlias = Mapping[str, Any]
"""Maps a column to the new value of all steps ahead, or to new values by time."""


@dataclass(frozen=True)
class _Places:
    """The rows of some series at times, in the past and ahead.

    Attributes:
        table: the past.
        past: [R] its times on the wall clock.
        ahead: [N, h] those ahead.
        series: the series that change.
    """

    table: Table
    past: NDArray[Any]
    ahead: NDArray[Any]
    series: IntArray

    def past_rows(self, time: Any) -> IntArray:
        """The rows of the past at a time."""
        offsets = self.table.offsets
        rows = [
            offsets[one] + np.flatnonzero(self.past[offsets[one] : offsets[one + 1]] == time)
            for one in self.series
        ]
        return np.concatenate(rows)

    def ahead_places(self, time: Any) -> tuple[IntArray, IntArray]:
        """The (series, step ahead) at a time."""
        place, step = np.nonzero(self.ahead[self.series] == time)
        return self.series[place], step


def changed(
    table: Table,
    future: FloatArray,
    changes: Changes,
    series: IntArray,
    *,
    non_negative: BoolArray | None = None,
) -> tuple[Table, FloatArray]:
    """Change values of a table and of the covariates of the steps ahead.

    Args:
        table: the past.
        future: [N, h, F] covariates of the steps ahead.
        changes: see `Changes`; the target may only change in the past.
        series: the series that change.
        non_negative: [N] whether no value of a series was ever negative: then none may become so;
            None: the values may be negative.

    Returns:
        The changed table and the changed covariates; the given ones are not changed.

    Raises:
        UsageError: a column is unknown, or the target would change ahead.
        DataError: a time is not in the table or ahead, or a value is no number.
    """
    if not changes:
        raise UsageError("Nothing is changed. Expected a column with a new value: {'price': 4.5}.")
    coming = table.frequency.future(table.last_ds, future.shape[1])
    places = _Places(table, table.local(table.ds), table.local(coming), series)
    y, covariates, ahead = table.y.copy(), table.covariates.copy(), future.copy()
    target = table.schema.target_col
    for name, given in changes.items():
        if name == target:
            _change_target(y, places, name, given)
            if non_negative is not None and (y < 0)[np.repeat(non_negative, table.lengths)].any():
                raise DataError(
                    f"A new value of `{name}` is negative, but no past value is. "
                    "Expected 0 or more."
                )
            continue
        if name not in table.covariate_names:
            known = [target, *table.covariate_names]
            raise UsageError(
                f"{name!r} is not a column that can change.{did_you_mean(name, known)} Expected "
                f"{listed(known)}: the target and the covariates that are known ahead."
            )
        column = table.covariate_names.index(name)
        if not isinstance(given, Mapping):
            ahead[series, :, column] = _number(table, name, given)
            continue
        for when, value in given.items():
            time = _time(table, when)
            rows, steps = places.past_rows(time), places.ahead_places(time)
            if not len(rows) and not len(steps[0]):
                raise _missing(table, when, "the table or the steps ahead")
            covariates[rows, column] = _number(table, name, value)
            ahead[(*steps, np.full(len(steps[0]), column))] = _number(table, name, value)
    return replace(table, y=y, covariates=covariates), ahead


def _change_target(y: FloatArray, places: _Places, name: str, given: Any) -> None:
    """Change past values of the target in place."""
    if not isinstance(given, Mapping):
        raise UsageError(
            f"{name!r} is the target, whose future is forecast. Expected past times and their "
            f"values: {{{name!r}: {{time: value}}}}."
        )
    for when, value in given.items():
        rows = places.past_rows(_time(places.table, when))
        if not len(rows):
            raise _missing(places.table, when, "the past of the series")
        y[rows] = _number(places.table, name, value)


def _missing(table: Table, when: object, where: str) -> DataError:
    return DataError(
        f"There is no step at {when} in {where}. The table has {table.span(table.ds)}."
    )


def _time(table: Table, when: object) -> Any:
    """A time of the table's own type, on the wall clock."""
    if np.issubdtype(table.ds.dtype, np.datetime64):
        try:
            return _moment(when, table.schema.time).astype(table.ds.dtype)
        except (ValueError, TypeError, OverflowError):
            raise DataError(f"{when!r} is no time. Expected one such as 2024-05-13.") from None
    try:
        return int(str(when))
    except ValueError:
        raise DataError(f"{when!r} is no number of a step. Expected one such as 12.") from None


def _moment(when: object, form: TimeForm) -> np.datetime64:
    """A time as datetime64, on the wall clock of the table.

    Raises:
        ValueError, TypeError, OverflowError: it is no time.
    """
    if isinstance(when, np.datetime64):
        return when
    if isinstance(when, date) and not isinstance(when, datetime):
        return np.datetime64(when)
    moment: Any = when
    if isinstance(when, str | int):
        text = str(when).strip()
        if form.kind == "digits" and text.isdecimal():
            moment = datetime.strptime(text, form.pattern)
        else:
            moment = _read(text)
    if moment.tzinfo is None:
        return np.datetime64(moment.replace(tzinfo=None))
    utc = np.array([moment.astimezone(UTC).replace(tzinfo=None)], dtype="M8[ns]")
    wall: np.datetime64 = to_wall(utc, form.zone or "UTC")[0]
    return wall


def _read(text: str) -> Any:
    """The time that a text names: an ISO date, or what pandas reads where it is installed."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        if not has_pandas():
            return np.datetime64(text, "us").item()  # 2024-05
        import pandas as pd

        return pd.Timestamp(text)


def _number(table: Table, name: str, value: object) -> float:
    """A new value; a category is the index of its label."""
    labels = list(table.categories.get(name, ()))
    if labels:
        if str(value) in map(str, labels):
            return float([str(label) for label in labels].index(str(value)))
        raise DataError(f"`{name}` has no category {value!r}. Expected {listed(map(str, labels))}.")
    try:
        number = float(value)  # type: ignore[arg-type]  # other types are the error below
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise DataError(f"The new value of `{name}` is {value!r}. Expected a number.")
    return number
