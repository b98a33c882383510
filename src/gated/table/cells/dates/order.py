"""Decides the order of day, month and year: by the values, else by the regular reading."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray, IntArray
from gated.errors import DataError
from gated.table.cells.dates.patterns import fitting_pattern
from gated.table.cells.dates.regular import is_regular
from gated.table.cells.dates.spans import DAY, NOT_A_TIME, days_of
from gated.table.cells.regex import all_match
from gated.text import option

__all__ = ["Order", "choose_order", "ordered"]

ORDERS = {"dmy": "day", "mdy": "month", "ymd": "year"}  # and the first part of each
LABELS = {"dmy": "DD/MM/YYYY", "mdy": "MM/DD/YYYY", "ymd": "YY/MM/DD"}
# A reading whose times span 20 times as long as those of the other is wrong: 17 days of January
# 2024 would be one day of January in 17 years.
SPAN_RATIO = 20
DATE_WITH_POINTS = r"(?:^|\s)\d{1,2}\. ?\d{1,2}\. ?(?:\d{4}|\d{2})(?:\D|$)"


@dataclass(frozen=True)
class Order:
    """The order of the parts p, s, r, and a sentence on how it was decided.

    It is open if all dates mean the same in another order too, as 01/01/2024 does.
    """

    name: str
    note: str = ""
    is_open: bool = False

    @property
    def label(self) -> str:
        return LABELS[self.name]


def ordered(parts: pa.StructArray, order: str) -> pa.StructArray:
    """The parts p, s, r named by their meaning."""
    names = ["y", "m", "d"] if order == "ymd" else [*order]
    return pa.StructArray.from_arrays(parts.flatten(), names=names)


def choose_order(
    parts: pa.StructArray, matched: BoolArray, clock: IntArray, texts: pa.Array, where: str
) -> Order:
    """Choose the order of the parts.

    Args:
        parts: [K] strings p, s, r, null where the text has another form.
        matched: [K] whether the text has this form.
        clock: [K] ns since midnight.
        texts: [K] the cells, for messages.
        where: file and column, for the beginning of a message.

    Raises:
        DataError: several orders are possible, and not exactly one of them is regular.
    """
    names = ["dmy", "mdy"]
    if _may_begin_with_year(parts):
        names.append("ymd")
    days = {name: days_of(ordered(parts, name))[0] for name in names}
    valid = {name: days[name] != NOT_A_TIME for name in names}
    most = max(int(flags.sum()) for flags in valid.values())
    best = [name for name in names if int(valid[name].sum()) == most]
    if most < int(matched.sum()) or len(best) == 1:
        return Order(best[0], _witness(best[0], valid, texts))
    times = {name: days[name][matched] * DAY + clock[matched] for name in best}
    regular = [name for name in best if is_regular(times[name])]
    left = _without_long_spans(regular or best, times)
    if len(left) > 1 and all((times[name] == times[left[0]]).all() for name in left):
        return Order(left[0], is_open=True)
    if left == ["dmy", "mdy"] and _have_points(texts, matched):
        return Order("dmy", "Dates begin with the day, as dates with points do.")
    if len(left) > 1:
        raise _undecided(left, texts[int(np.argmax(matched))].as_py(), where)
    why = "only so the times are regular"
    if left != regular:
        why = "read otherwise, they would span many more years"
    return Order(left[0], f"Dates begin with the {ORDERS[left[0]]}: {why}.")


def _may_begin_with_year(parts: pa.StructArray) -> bool:
    """Whether first and last part always have two digits."""
    lengths = [pc.utf8_length(pc.struct_field(parts, name)) for name in ("p", "r")]
    return all(bool(pc.all(pc.equal(length, 2)).as_py()) for length in lengths)


def _have_points(texts: pa.Array, matched: BoolArray) -> bool:
    """Whether the dates are written as 1.2.2024: no country writes the month first with points."""
    shaped = texts.filter(pa.array(matched))
    return all_match(shaped, DATE_WITH_POINTS)


def _are_new_year(times: IntArray) -> bool:
    days = times.astype("M8[ns]")
    return bool((days == days.astype("M8[Y]")).all()) and len(np.unique(times)) > 1


def _witness(name: str, valid: dict[str, BoolArray], texts: pa.Array) -> str:
    """The sentence that names the first date that only this order reads."""
    others = [flags for other, flags in valid.items() if other != name and other != "ymd"]
    only = valid[name] & ~np.logical_or.reduce(others)
    if not only.any():
        return ""
    witness = texts[int(np.argmax(only))].as_py()
    return f"Dates begin with the {ORDERS[name]}: {witness} allows no other order."


def _without_long_spans(names: list[str], times: dict[str, IntArray]) -> list[str]:
    """Compare the year at the beginning with the year at the end by the length of the times.

    Days of one January, 01/01/24 to 01/01/31, may be New Year's Days as well: both are left.
    """
    if "ymd" not in names or len(names) == 1:
        return names
    if any(_are_new_year(times[name]) for name in names if name != "ymd"):
        return names
    span = {name: float(np.ptp(times[name])) for name in names}
    others = [name for name in names if name != "ymd"]
    shortest = min(span[name] for name in others)
    if span["ymd"] * SPAN_RATIO < shortest:
        return ["ymd"]
    return others if shortest * SPAN_RATIO < span["ymd"] else names


def _undecided(names: list[str], example: str, where: str) -> DataError:
    firsts = " or ".join(f"with the {ORDERS[name]}" for name in names)
    patterns = [option("time_format", fitting_pattern(example, name)) for name in names]
    return DataError(
        f'{where} "{example}" may begin {firsts}, and no other date '
        f"decides it. Give the order with {' or '.join(patterns)}."
    )
