"""Describes in notes how the numbers of columns were read: repairs, marks, and codes."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from gated.table.cells.codes import Code
from gated.table.cells.numbers import KEEP_CODES, LARGEST_EXACT, Numbers
from gated.text import counted, joined, listed, option

__all__ = ["number_notes", "unused_notes"]

SHOWN_MARKS = 6  # different marks that one note lists


def number_notes(names: Sequence[str], columns: Sequence[Numbers]) -> tuple[str, ...]:
    """Notes on columns of numbers; the same repair of several columns is one note.

    Args:
        names: the columns' names.
        columns: their numbers.

    >>> import numpy as np
    >>> numbers = Numbers(np.array([np.nan, 2.0]), 1, 0, marks={".": 1})
    >>> number_notes(["y"], [numbers])
    ('`y`: "." in 1 cell was taken as a missing value.',)
    """
    pairs = list(zip(names, columns, strict=True))
    repairs = dict.fromkeys(repair for column in columns for repair in column.repairs)
    notes = [
        f"{listed(name for name, one in pairs if repair in one.repairs)}: {repair}."
        for repair in repairs
    ]
    for kind in ("marks", "named"):
        found: Counter[str] = Counter()
        for column in columns:
            found.update(getattr(column, kind))
        if found:
            where = listed(name for name, one in pairs if getattr(one, kind))
            notes.append(f"{where}: {_marks_text(found)}.")
    notes += _code_notes(pairs)
    if rounded := [(name, one.rounded) for name, one in pairs if one.rounded is not None]:
        first = rounded[0][1]
        notes.append(
            f"{listed(name for name, _ in rounded)}: whole numbers above {LARGEST_EXACT:,} (2^53) "
            f"are not exact: {first} was read as {int(float(first))}."
        )
    return tuple(notes)


def unused_notes(missing: Sequence[str], named: Collection[str]) -> tuple[str, ...]:
    """A note on the marks of the option `missing` that occur in no cell."""
    absent = [mark for mark in missing if mark not in named and mark != KEEP_CODES]
    if not absent:
        return ()
    shown = joined([f'"{mark}"' for mark in absent])
    occur = "occurs" if len(absent) == 1 else "occur"
    return (f"{shown} ({option('missing')}) {occur} in no cell of the columns that are used.",)


def _marks_text(found: Mapping[str, int]) -> str:
    """Marks with their number of cells, as parts of a sentence.

    >>> _marks_text({".": 2, "n/e": 1})
    '"." in 2 cells and "n/e" in 1 cell were taken as missing values'
    """
    often = sorted(found.items(), key=lambda item: -item[1])
    parts = [f'"{mark}" in {counted(count, "cell")}' for mark, count in often[:SHOWN_MARKS]]
    if others := often[SHOWN_MARKS:]:
        cells = counted(sum(count for _, count in others), "cell")
        parts.append(f"{counted(len(others), 'other mark')} in {cells}")
    one = len(often) == 1
    return f"{joined(parts)} {'was' if one else 'were'} taken as " + (
        "a missing value" if one else "missing values"
    )


def _code_notes(pairs: Iterable[tuple[str, Numbers]]) -> list[str]:
    """Notes on numbers that probably stand for missing values, one for each number."""
    places: dict[tuple[float, bool], list[tuple[str, Code]]] = {}
    for name, column in pairs:
        for code in column.codes:
            places.setdefault((code.value, code.is_certain), []).append((name, code))
    notes = []
    for (value, is_certain), found in places.items():
        where = listed(name for name, _ in found)
        low, high = min(code.low for _, code in found), max(code.high for _, code in found)
        cells = counted(sum(code.count for _, code in found), "cell")
        far = f"far from all other values ({low:.6g} to {high:.6g})"
        if is_certain:
            notes.append(
                f"{where}: {value:.15g} in {cells}, {far}, was taken as a missing value. "
                f"{option('missing', KEEP_CODES)} keeps it as a number."
            )
        else:
            notes.append(
                f"{where}: {value:.15g} in {cells} is {far}. If it stands for a missing value, "
                f"pass {option('missing', f'{value:.15g}')}."
            )
    return notes
