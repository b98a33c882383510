"""Checks the arguments of `read_table` that name columns, marks and signs."""

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import cast, get_args

from gated.errors import UsageError
from gated.table.cells.written.separators import Sign
from gated.text import option

__all__ = ["decimal_given", "marks_given", "names_given"]


def names_given(columns: Sequence[str] | None) -> tuple[str, ...]:
    """The names of columns that are given as one, as several, or not."""
    return (columns,) if isinstance(columns, str) else tuple(columns or ())


def marks_given(missing: object) -> tuple[str, ...]:
    """The marks of the option `missing` as text, without blanks around them.

    Raises:
        UsageError: a mark is neither a text nor a number.
    """
    given = [missing] if isinstance(missing, str | Real) else missing
    if given is None:
        return ()
    if not isinstance(given, Iterable) or not all(isinstance(one, str | Real) for one in given):
        raise UsageError(
            f"{option('missing')} is {missing!r}. Expected a text, a number, or a list of these, "
            'such as ["<1", -999].'
        )
    return tuple(dict.fromkeys(str(mark).strip() for mark in given))


def decimal_given(given: str | None) -> Sign | None:
    """The decimal sign; None if none is given.

    Raises:
        UsageError: it is no such sign.
    """
    for sign in get_args(Sign):
        if given == sign:
            return cast(Sign, sign)
    if given is None:
        return None
    raise UsageError(f'{option("decimal", given)} is unknown. Expected "," or ".".')
