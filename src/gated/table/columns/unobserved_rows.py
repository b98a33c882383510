"""Leaves out rows without a target that fit no grid: notes and events among regular readings."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray
from gated.table.cells.dates.regular import coverage
from gated.table.cells.numbers import MISSING_SPELLINGS, column_text
from gated.table.columns.content import Content
from gated.table.columns.request import Roles
from gated.table.io.parquet import ParquetColumns
from gated.table.io.source import Source
from gated.text import counted

__all__ = ["without_empty_rows", "without_events"]

REGULAR = 0.75  # share of the steps that have an observed value


def without_empty_rows(source: Source, roles: Roles) -> tuple[Source, tuple[str, ...]]:
    """Leave out the rows of a text file that have neither a time nor a target.

    Returns:
        The table, and a note if rows were left out.
    """
    if not source.is_text or roles.time is None or isinstance(source.frame, ParquetColumns):
        return source, ()
    if roles.counts_rows or roles.wide or source.frame.schema[roles.time].is_temporal():
        return source, ()
    is_empty = _is_missing(source, roles.time)
    if not is_empty.any():
        return source, ()
    is_empty &= _is_missing(source, roles.targets[0])
    if not is_empty.any() or is_empty.all():
        return source, ()
    note = f"{counted(int(is_empty.sum()), 'row')} without a time and a value left out."
    return source.filtered(~is_empty), (note,)


def _is_missing(source: Source, column: str) -> BoolArray:
    cells = pc.utf8_trim_whitespace(column_text(source.frame[column]).combine_chunks())
    known = pc.is_in(cells, value_set=pa.array(["", *MISSING_SPELLINGS]))
    missing = pc.or_(pc.fill_null(known, True), pc.is_null(cells))
    return np.asarray(missing.to_numpy(zero_copy_only=False), dtype=np.bool_)


def without_events(source: Source, content: Content) -> tuple[Source, Content]:
    """Leave out rows without a target at times between those of the regular readings.

    Loggers write events, scans and summaries of a day among the readings of a sensor. Only if the
    observed rows are regular, and all rows together are not, the others are left out.
    """
    missing = np.isnan(content.y)
    is_timed = content.ds.dtype.kind == "M" and len(content.y) == len(source.frame)
    if not is_timed or not missing.any() or missing.all():
        return source, content
    times = content.ds.astype(np.int64)
    observed = np.unique(times[~missing])
    if coverage(times) > 0 or coverage(observed) < REGULAR:
        return source, content
    gaps, counts = np.unique(np.diff(observed), return_counts=True)
    step = int(gaps[np.argmax(counts)])
    kept = ~missing | ((times - observed[0]) % step == 0)
    if kept.all():
        return source, content
    count = counted(int((~kept).sum()), "row")
    note = f"{count} without a value at times between the steps left out."
    left = replace(
        content,
        codes=content.codes[kept],
        ds=content.ds[kept],
        y=content.y[kept],
        covariates=content.covariates[kept],
        notes=(*content.notes, note),
        missing=content.missing - int((~kept).sum()),
    )
    rows = np.flatnonzero(kept) if source.input_rows is None else source.input_rows[kept]
    return replace(source, input_rows=rows), left
