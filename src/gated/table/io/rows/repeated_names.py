"""Makes the names of columns different where a header repeats one.

A copy with the same cells is left out. Others are numbered, so that no one of two different columns
is taken in silence: where a role falls on one of them, the roles ask which is meant.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.types as pt

from gated.errors import DataError
from gated.table.io.rows.cell_kinds import cell_kind, is_calendar_name
from gated.text import counted, listed

__all__ = ["DifferentNames", "RepeatedName", "different_names", "with_different_names"]

MOST_NAMED = 5  # names in a note
MOST_COMPARED = 100  # columns of one name with which another one is compared
VALUES = frozenset({"date", "number"})


@dataclass(frozen=True)
class RepeatedName:
    """A column whose name occurs more than once in the header.

    Attributes:
        written: the name in the header.
        position: the number of the column in the table, from 1.
    """

    written: str
    position: int


@dataclass(frozen=True)
class DifferentNames:
    """Columns with different names.

    Attributes:
        names: the name of each kept column.
        kept: the position of each kept column among the given ones, from 0.
        repeated: for each new name: the name in the header, and the column's position.
        notes: what was left out or renamed, one sentence each.
    """

    names: tuple[str, ...]
    kept: tuple[int, ...]
    repeated: Mapping[str, RepeatedName] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def different_names(
    names: Sequence[str], are_equal: Callable[[int, int], bool], prefix: str
) -> DifferentNames:
    """Leave out columns that are copies of another of the same name, and number the others.

    Args:
        names: the name of each column.
        are_equal: whether the columns at two positions have the same cells.
        prefix: the file's name and a colon, for messages.

    Raises:
        DataError: a repeated name is a time, such as a month: the year of each is not known.

    >>> found = different_names(["day", "y", "note", "y"], lambda one, other: False, "a.csv: ")
    >>> found.names
    ('day', 'y_1', 'note', 'y_2')
    >>> different_names(["day", "y", "y"], lambda one, other: True, "a.csv: ").names
    ('day', 'y')
    """
    twice = {name for name, times in Counter(names).items() if times > 1}
    if not twice:
        return DifferentNames(tuple(names), tuple(range(len(names))))
    positions: dict[str, list[int]] = {}
    left_out: list[tuple[int, int]] = []
    for at, name in enumerate(names):
        if name in twice:
            others = positions.setdefault(name, [])
            compared = others[:MOST_COMPARED]
            same = next((other for other in compared if are_equal(other, at)), None)
            if same is None:
                others.append(at)
            else:
                left_out.append((at, same))
    different = {name: places for name, places in positions.items() if len(places) > 1}
    _refuse_times(different, prefix)
    new = _numbered(different, set(names))
    dropped = {at for at, _ in left_out}
    kept = [at for at in range(len(names)) if at not in dropped]
    return DifferentNames(
        tuple(new.get(at, names[at]) for at in kept),
        tuple(kept),
        {name: RepeatedName(names[at], at + 1) for at, name in new.items()},
        (*_copy_notes(names, left_out), *_number_notes(different, new)),
    )


def with_different_names(
    table: pa.Table, prefix: str
) -> tuple[pa.Table, Mapping[str, RepeatedName], tuple[str, ...]]:
    """The table with different names, its renamed columns, and notes.

    >>> table = pa.Table.from_arrays([pa.array([1, 2]), pa.array([3, 4])], names=["y", "y"])
    >>> with_different_names(table, "shop.parquet: ")[0].column_names
    ['y_1', 'y_2']
    """
    names = table.column_names
    if len(set(names)) == len(names):
        return table, {}, ()
    found = different_names(
        names, lambda one, other: _are_equal(table.column(one), table.column(other)), prefix
    )
    columns = [table.column(at) for at in found.kept]
    return pa.Table.from_arrays(columns, names=list(found.names)), found.repeated, found.notes


def _are_equal(one: pa.ChunkedArray, other: pa.ChunkedArray) -> bool:
    """Whether two columns have the same cells; one of them may have each text once, and codes."""
    return bool(_decoded(one).equals(_decoded(other)))


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(column.type.value_type) if pt.is_dictionary(column.type) else column


def _refuse_times(different: Mapping[str, Sequence[int]], prefix: str) -> None:
    """Refuse names such as `Jan` or `2020` in two columns: the header does not say of which year.

    Raises:
        DataError: a name is a time.
    """
    times = [name for name in different if cell_kind(name) in VALUES or is_calendar_name(name)]
    if times:
        raise DataError(
            f"{prefix}the header names {_placed(times[0], different[times[0]])} more than once, "
            "with different cells. Expected a different name for each column; where the columns "
            "are times, write the year and the month or quarter into each, such as 2024-01."
        )


def _numbered(different: Mapping[str, Sequence[int]], used: set[str]) -> dict[int, str]:
    """The new name of each column: with a number that makes no name of another column."""
    new: dict[int, str] = {}
    for name, places in different.items():
        number = 0
        for at in places:
            number += 1
            while f"{name}_{number}" in used:
                number += 1
            new[at] = f"{name}_{number}"
            used.add(new[at])
    return new


def _copy_notes(names: Sequence[str], left_out: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    if not left_out:
        return ()
    at, same = left_out[0]
    others = len(left_out) - 1
    were = "was" if others == 1 else "were"
    more = f"; {counted(others, 'more such column')} {were} left out, too" if others else ""
    return (
        f"Column {at + 1} (`{names[at]}`) has the name and the cells of column {same + 1} and was "
        f"left out{more}.",
    )


def _number_notes(
    different: Mapping[str, Sequence[int]], new: Mapping[int, str]
) -> tuple[str, ...]:
    if not different:
        return ()
    renamed = [
        f"`{new[at]}` (column {at + 1})"
        for places in list(different.values())[:MOST_NAMED]
        for at in places[:MOST_NAMED]
    ]
    more = ", …" if len(renamed) < len(new) else ""
    return (
        f"The header names {listed(list(different), MOST_NAMED)} more than once; these columns "
        f"were renamed: {', '.join(renamed)}{more}.",
    )


def _placed(name: str, places: Sequence[int]) -> str:
    columns = ", ".join(str(at + 1) for at in places[:MOST_NAMED])
    more = ", …" if len(places) > MOST_NAMED else ""
    return f"`{name}` (columns {columns}{more})"
