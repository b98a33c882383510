"""Repairs dates in which a spreadsheet swapped day and month.

A spreadsheet that expects the month first reads 02/01/2024, the second of January, as the first
of February, and keeps 13/01/2024 as text, because there is no month 13.
"""

import numpy as np
import pyarrow as pa

from gated.arrays import BoolArray, IntArray
from gated.table.cells.dates.regular import is_regular
from gated.table.cells.dates.spans import DAY, NOT_A_TIME, days_of, part

__all__ = ["unswapped"]

LAST_MONTH = 12


def unswapped(
    parts: pa.StructArray, matched: BoolArray, days: IntArray, clock: IntArray
) -> tuple[IntArray, bool]:
    """Swap day and month back if the times are regular only then.

    Args:
        parts: [K] strings y, m, d, null where the text has another form.
        matched: [K] whether the text has this form.
        days: [K] days since 1970 of all texts, those of other forms too.
        clock: [K] ns since midnight.

    Returns:
        [K] days since 1970, and whether they were changed.
    """
    in_order = days[days != NOT_A_TIME] * DAY + clock[days != NOT_A_TIME]
    if matched.all() and (np.diff(in_order) >= 0).all():
        return days, False
    may_be_swapped = matched & (part(parts, "d", 0) <= LAST_MONTH)
    fields = dict(zip([field.name for field in parts.type], parts.flatten(), strict=True))
    other = pa.StructArray.from_arrays([fields["y"], fields["d"], fields["m"]], ["y", "m", "d"])
    changed = np.where(may_be_swapped, days_of(other)[0], days)
    if (changed == NOT_A_TIME).any() or is_regular(days * DAY + clock):
        return days, False
    return (changed, True) if is_regular(changed * DAY + clock) else (days, False)
