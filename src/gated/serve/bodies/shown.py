"""Writes what is stored of series as bodies of responses."""

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.serve.bodies.models import (
    ListedSeries,
    SeriesOut,
    SeriesPage,
    UnlikelyValue,
    WrittenOut,
)
from gated.serve.forecasting.times import written_times
from gated.serve.problems import ProblemError
from gated.serve.stored.asked import Written
from gated.store import SeriesInfo, SeriesRows
from gated.store import SeriesPage as StoredPage
from gated.text import printable

__all__ = [
    "known_series",
    "rows_body",
    "shown_page",
    "shown_series",
    "shown_write",
    "unknown_series",
]


def shown_series(info: SeriesInfo) -> SeriesOut:
    """What is known of a series."""
    return SeriesOut(
        unique_id=info.label,
        rows=info.n_rows,
        first=_time(info, info.first),
        last=_time(info, info.last),
        revision=info.revision,
        changed=f"{info.changed.isoformat(timespec='seconds')}Z",
    )


def shown_write(written: Written) -> WrittenOut:
    """What is known of a series after a write, and which of the values were unlikely."""
    info, observed = written.info, written.observed
    known = shown_series(info).model_dump()
    if observed is None:
        return WrittenOut(**known, unlikely=[], notes=[])
    unlikely = np.flatnonzero(observed.unlikely)
    times = written_times(info.clock, observed.ds[unlikely])
    columns = (observed.y, observed.expected, observed.probability)
    values = zip(*(column[unlikely].tolist() for column in columns), strict=True)
    found = [
        UnlikelyValue(ds=ds, y=y, expected=expected, probability=probability)
        for ds, (y, expected, probability) in zip(times, values, strict=True)
    ]
    return WrittenOut(**known, unlikely=found, notes=list(observed.notes))


def shown_page(found: StoredPage) -> SeriesPage:
    """A page of the list of series."""
    listed = [
        ListedSeries(**shown_series(info).model_dump(), values=_values(tail))
        for info, tail in zip(found.series, found.tails, strict=True)
    ]
    following = listed[-1].unique_id if found.has_more else None
    return SeriesPage(series=listed, count=found.count, next=following)


def rows_body(rows: SeriesRows) -> bytes:
    """The body of a page of rows."""
    info, times = rows.info, written_times(rows.info.clock, rows.ds)
    is_last = not len(rows.ds) or rows.ds[-1] == info.last
    body = {
        "unique_id": info.label,
        "rows": [{"ds": ds, "y": y} for ds, y in zip(times, _values(rows.y), strict=True)],
        "next": None if is_last else times[-1],
    }
    return json.dumps(body, allow_nan=False).encode()


def known_series(found: SeriesRows | None, label: str) -> SeriesRows:
    """The rows that were found.

    Raises:
        ProblemError: 404, there is no such series.
    """
    if found is None:
        raise unknown_series(label)
    return found


def unknown_series(label: str) -> ProblemError:
    """The error for a series that is not stored."""
    return ProblemError(404, f"There is no series {printable(label)}. GET /v1/series lists all.")


def _values(y: NDArray[np.float64]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in y.tolist()]


def _time(info: SeriesInfo, time: int | None) -> Any:
    return None if time is None else written_times(info.clock, np.array([time]))[0]
