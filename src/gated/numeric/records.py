"""Converts the arrays in a dataclass, such as from NumPy to torch."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from gated.arrays import Array

__all__ = ["converted"]

Record = TypeVar("Record")


def converted(record: Record, convert: Callable[[Array], Array]) -> Record:
    """A copy of a dataclass with each array converted, also those of dataclasses within it.

    Args:
        record: a dataclass; a field counts as an array if it has the attribute `dtype`.
        convert: maps an array to another one.

    >>> from dataclasses import dataclass
    >>> import numpy as np
    >>> @dataclass(frozen=True)
    ... class Point:
    ...     x: np.ndarray
    ...     name: str
    >>> converted(Point(np.array([1.0]), "here"), lambda x: 2 * x)
    Point(x=array([2.]), name='here')
    """
    changed: dict[str, Any] = {}
    for field in fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        if is_dataclass(value):
            changed[field.name] = converted(value, convert)
        elif hasattr(value, "dtype"):
            changed[field.name] = convert(value)
    return replace(record, **changed)  # type: ignore[type-var]
