"""Cuts the code before months in the names of statistical products: VPIZR-202001."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.table.cells.regex import all_match, extracted, replaced

__all__ = ["without_code"]

CODED = r"^(?P<code>[A-Za-z]{2,12}[-_ ])(?P<year>(?:19|20)\d{2})-?(?P<month>0[1-9]|1[0-2])$"
LOOK = 20  # texts that show whether there is a code
FEWEST = 6  # months in a row; fewer may be numbers of articles


def without_code(texts: pa.Array) -> pa.Array:
    """Months without the code before them, if it is the same in all texts and no month is left out.

    >>> without_code(pa.array([f"VPI-20200{month}" for month in range(1, 7)])).to_pylist()[:2]
    ['2020-01', '2020-02']
    >>> without_code(pa.array(["ART-202001", "ART-202009"])).to_pylist()
    ['ART-202001', 'ART-202009']
    """
    if not all_match(texts[:LOOK], CODED):
        return texts
    fields = extracted(texts, CODED)
    if fields.null_count or len(pc.unique(pc.struct_field(fields, "code"))) > 1:
        return texts
    years, months = (
        pc.cast(pc.struct_field(fields, part), pa.int64()).to_numpy() for part in ("year", "month")
    )
    numbers = np.unique(12 * years + months)
    if len(numbers) < FEWEST or numbers[-1] - numbers[0] >= len(numbers):
        return texts
    return replaced(texts, CODED, r"\2-\3")
