"""Checks the plain values that a file holds, before anything is made from them.

A check takes a value and its place in the file, and raises a ValueError that names both. Checks are
composed of smaller ones, in the structure of the values:

    check = record({"steps": whole(1, 1_000), "score": optional(number())})
    check({"steps": 0, "score": None}, "header")  # ValueError: header.steps is 0; expected …
"""

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

__all__ = [
    "Check",
    "flag",
    "label",
    "list_of",
    "mapping_of",
    "number",
    "one_of",
    "optional",
    "record",
    "text",
    "whole",
]

Check: TypeAlias = Callable[[Any, str], None]

_SHOWN = 60


def whole(least: int, most: int) -> Check:
    """Check for a whole number in a range.

    >>> whole(1, 9)(True, "header.h")
    Traceback (most recent call last):
    ValueError: header.h is True; expected a whole number from 1 to 9
    """

    def check(value: Any, where: str) -> None:
        if type(value) is not int or not least <= value <= most:
            _raise_invalid(value, where, f"a whole number from {least} to {most}")

    return check


def number(least: float = -math.inf, most: float = math.inf) -> Check:
    """Check for a finite number in a range."""

    def check(value: Any, where: str) -> None:
        # NumPy has no type for larger integers.
        is_number = type(value) is float or (type(value) is int and abs(value) < 2**63)
        if not is_number or not math.isfinite(value) or not least <= value <= most:
            span = "" if math.isinf(most) and math.isinf(least) else f" from {least:g} to {most:g}"
            _raise_invalid(value, where, f"a finite number{span}")

    return check


def text(longest: int | None = None) -> Check:
    """Check for text."""

    def check(value: Any, where: str) -> None:
        if type(value) is not str:
            _raise_invalid(value, where, "text")
        if longest is not None and len(value) > longest:
            _raise_invalid(value, where, f"at most {longest} characters")

    return check


def flag(value: Any, where: str) -> None:
    """Check for true or false."""
    if type(value) is not bool:
        _raise_invalid(value, where, "true or false")


def label(value: Any, where: str) -> None:
    """Check for a label of a series: text, a finite number, true or false."""
    if type(value) not in (str, bool):
        number()(value, where)


def one_of(words: Collection[str]) -> Check:
    """Check for one of several words."""

    def check(value: Any, where: str) -> None:
        if type(value) is not str or value not in words:
            _raise_invalid(value, where, f"one of {', '.join(words)}")

    return check


def optional(inner: Check) -> Check:
    """Check for null or for a value that passes another check."""

    def check(value: Any, where: str) -> None:
        if value is not None:
            inner(value, where)

    return check


def list_of(inner: Check, *, is_distinct: bool = False) -> Check:
    """Check for a list of values that pass another check."""

    def check(value: Any, where: str) -> None:
        if type(value) is not list:
            _raise_invalid(value, where, "a list")
        for index, item in enumerate(value):
            inner(item, f"{where}[{index}]")
        if is_distinct and len(set(value)) < len(value):
            _raise_invalid(value, where, "each of them once")

    return check


def mapping_of(inner: Check) -> Check:
    """Check for any names with values that pass another check."""

    def check(value: Any, where: str) -> None:
        if type(value) is not dict:
            _raise_invalid(value, where, "names with values")
        for name, item in value.items():
            inner(item, f"{where}[{name[:_SHOWN]!r}]")

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Check for the given names, each with its check; those in `optional` may be missing."""
    known = {**required, **(optional or {})}

    def check(value: Any, where: str) -> None:
        if type(value) is not dict:
            _raise_invalid(value, where, f"the names {', '.join(known)}")
        for name in required:
            if name not in value:
                raise ValueError(f"{where} lacks {name}")
        for name, item in value.items():
            if name not in known:
                raise ValueError(f"{where} holds {name[:_SHOWN]!r}, which is unknown")
            known[name](item, f"{where}.{name}")

    return check


def _raise_invalid(value: Any, where: str, expected: str) -> None:
    is_plain = value is None or type(value) in (int, float, bool, str)
    shown = repr(value) if is_plain else f"a {type(value).__name__}"
    if len(shown) > _SHOWN:
        shown = shown[:_SHOWN] + "…"
    raise ValueError(f"{where} is {shown}; expected {expected}")
