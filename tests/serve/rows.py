"""Rows of requests."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

__all__ = ["WEEKS", "days"]

WEEKS = [10.1, 12.0, 11.2, 10.0, 13.0, 20.5, 21.0, 11.0, 12.0, 10.0, 11.0, 12.0, 19.5, 22.0]


def days(
    values: Sequence[float | None], label: str | None = None, first: str = "2024-01-01"
) -> list[dict[str, Any]]:
    """One row a day."""
    named = {} if label is None else {"unique_id": label}
    begin = date.fromisoformat(first)
    return [
        {**named, "ds": (begin + timedelta(day)).isoformat(), "y": value}
        for day, value in enumerate(values)
    ]
