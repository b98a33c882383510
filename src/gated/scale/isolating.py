"""Forecasts all series of a partition but those that raise an error, each of which gets a reason.

An error of many series is narrowed down by halves, so that one unusable series costs the reading
of its partition a dozen times more, and not the forecast of the others.
"""

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import pyarrow as pa

from gated.errors import GatedError, GatedWarning
from gated.scale.columns import SortedRows

__all__ = ["Isolated", "isolated", "quiet", "usable", "without_row_numbers"]

Made = TypeVar("Made")


@dataclass(frozen=True)
class Isolated(Generic[Made]):
    """Results of groups of series, and the series that had none.

    Attributes:
        made: the result of each group, in canonical order.
        reasons: the index of each series that raised an error, and the message.
    """

    made: tuple[Made, ...]
    reasons: dict[int, str]


def usable(
    rows: SortedRows, read: Callable[[pa.Table], object], run: Callable[[pa.Table], Made]
) -> Isolated[Made]:
    """Call a function with the rows of all series that can be read.

    Reading is cheap, and finds nearly all unusable series; so the others stay together.

    Args:
        rows: the rows.
        read: raises an error for rows that cannot be read.
        run: the function.

    Raises:
        MemoryError: there is not enough memory for the series together.
    """
    try:
        return Isolated((run(rows.table),) if rows.n_series else (), {})
    except MemoryError:
        raise
    except Exception:  # it is raised again, for one series
        found = isolated(rows, lambda part: read(part) and None)
    kept = [place for place in range(rows.n_series) if place not in found.reasons]
    rest = isolated(rows.of(kept), run)
    reasons = {kept[place]: reason for place, reason in rest.reasons.items()}
    return Isolated(rest.made, found.reasons | reasons)


def isolated(rows: SortedRows, run: Callable[[pa.Table], Made]) -> Isolated[Made]:
    """Call a function with the rows of all series, or of as many as it accepts at once.

    Args:
        rows: the rows.
        run: its result for some series does not depend on the others.

    Raises:
        MemoryError: there is not enough memory for the series together.
    """
    made: list[Made] = []
    reasons: dict[int, str] = {}

    def attempt(begin: int, end: int) -> None:
        if begin == end:
            return
        try:
            made.append(run(rows.part(begin, end)))
        except MemoryError:
            raise
        except Exception as error:  # of any kind: one series must not stop the others
            if end - begin == 1:
                reasons[begin] = _reason(error)
                return
            middle = (begin + end) // 2
            attempt(begin, middle)
            attempt(middle, end)

    attempt(0, rows.n_series)
    return Isolated(tuple(made), reasons)


def _reason(error: Exception) -> str:
    """The message of an error; with its type, if gated did not raise it on purpose."""
    if not isinstance(error, GatedError):
        return f"{type(error).__name__}: {error}"
    return without_row_numbers(str(error))


def without_row_numbers(message: str) -> str:
    """A message without the numbers of rows: those of a partition are not those of the input.

    Nor does it begin with the label, which is in another column.

    >>> without_row_numbers("row index 3 and row index 4 have the same time, 2020-01-01.")
    'two rows have the same time, 2020-01-01.'
    >>> without_row_numbers("row index 0: unique_id is empty.")
    'unique_id is empty.'
    >>> without_row_numbers("series `a`: the target is missing in every row.")
    'the target is missing in every row.'
    """
    message = re.sub(r"row index [\d,]+ and row index [\d,]+", "two rows", message)
    return re.sub(r"^(row index [\d,]+|series `.*?`): ", "", message)


@contextmanager
def quiet() -> Iterator[None]:
    """Without the warnings of gated, where every unusable series gets a row with its reason."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GatedWarning)
        yield
