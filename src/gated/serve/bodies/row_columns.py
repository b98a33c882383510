"""Turns the rows of a body into columns.

Rows of the usual form are checked column by column; all others are validated one by one, for the
message.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, TypeAdapter, ValidationError

from gated.serve.bodies.json_bodies import as_model, read_json
from gated.serve.bodies.models import DEFAULT_LABEL, LONGEST_TIME, Label, Row, RowsBody
from gated.serve.problems import ProblemError
from gated.serve.settings import Limits
from gated.text import grouped

__all__ = ["Columns", "read_columns"]

_AT_ONCE = 1_000  # rows that are validated together
_LABEL: TypeAdapter[str] = TypeAdapter(Label)


@dataclass(frozen=True)
class Columns:
    """The rows of a body.

    Attributes:
        labels: of the series of each row; none for rows of one series.
        ds: the times as they were written.
        y: [n] values, NaN where not observed.
    """

    labels: list[str]
    ds: list[str | int]
    y: NDArray[np.float64]


def read_columns(
    content: bytes, limits: Limits, model: type[BaseModel] = RowsBody
) -> tuple[Columns, dict[str, Any]]:
    """Read a body with rows.

    Args:
        content: the bytes.
        limits: of one request.
        model: the body; its rows are `SeriesRow` or `Row`.

    Returns:
        The rows, and the other members of the body, not validated yet.

    Raises:
        ProblemError: it is not JSON, or has too many rows.
        RequestValidationError: it has another form.
    """
    body = read_json(content, limits.rows)
    rows = body.get("rows") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not rows:
        as_model(model, body)
        raise ProblemError(422, "rows: there are none.")
    if len(rows) > limits.rows:
        raise ProblemError(
            413,
            f"There are {grouped(len(rows))} rows. Expected at most {grouped(limits.rows)} in one "
            "request. Send them in several requests.",
        )
    others = {name: value for name, value in body.items() if name != "rows"}
    has_labels = model is not RowsBody
    columns = _columns(rows, has_labels=has_labels)
    if columns is None:
        columns = _validated_columns(rows, others, model, has_labels=has_labels)
    return columns, others


def _columns(rows: list[Any], *, has_labels: bool) -> Columns | None:
    """The columns of rows of the usual form; None for others."""
    try:
        ds, y = [row["ds"] for row in rows], [row["y"] for row in rows]
    except (TypeError, LookupError):
        return None
    labels = [row.get("unique_id", DEFAULT_LABEL) for row in rows] if has_labels else []
    named = sum("unique_id" in row for row in rows) if has_labels else 0
    has_others = sum(map(len, rows)) != 2 * len(rows) + named
    are_times = set(map(type, ds)) in ({str}, {int})
    if has_others or not are_times or not set(map(type, y)) <= {float, int, type(None)}:
        return None
    if isinstance(ds[0], str) and max(map(len, ds)) > LONGEST_TIME:
        return None
    try:
        for label in set(labels):
            _LABEL.validate_python(label)
        values = np.array(y, dtype=np.float64)  # None becomes NaN
    except (ValidationError, OverflowError, TypeError):
        return None
    return None if np.isinf(values).any() else Columns(labels, ds, values)


def _validated_columns(
    rows: list[Any], others: dict[str, Any], model: type[BaseModel], *, has_labels: bool
) -> Columns:
    """The same of rows that are validated one by one.

    Raises:
        RequestValidationError: some have another form; the first of them are described.
    """
    found: list[Row] = []
    for start in range(0, len(rows), _AT_ONCE):
        body: Any = as_model(model, {**others, "rows": rows[start : start + _AT_ONCE]})
        found += body.rows
    labels = [row.unique_id for row in found] if has_labels else []
    y = np.array([row.y for row in found], dtype=np.float64)
    return Columns(labels, [row.ds for row in found], y)
