"""Turns bodies of requests into jobs, and answers into bodies of responses."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from gated.errors import UsageError
from gated.serve.bodies.json_bodies import as_model
from gated.serve.bodies.models import ForecastBody, ForecastOptions
from gated.serve.bodies.row_columns import Columns, read_columns
from gated.serve.forecasting.job import Answer, Job, Options, Series
from gated.serve.forecasting.times import Clock, read_times, written_times
from gated.serve.problems import ProblemError
from gated.serve.settings import Limits
from gated.text import grouped, printable

__all__ = ["check_options", "job_of", "json_bytes", "sorted_series"]

_NOT_VALIDATED = "The forecast is that of the pretrained network, without validation on these rows."


def job_of(content: bytes, limits: Limits) -> Job:
    """The job of a body of `/v1/forecast`.

    Raises:
        ProblemError: it is not JSON, or larger than the limits allow.
        RequestValidationError: it has another form.
        UsageError: times cannot be read, or are of several kinds.
    """
    columns, others = read_columns(content, limits, ForecastBody)
    asked = as_model(ForecastOptions, others)
    check_options(asked.h, [*asked.level, *asked.quantiles], limits)
    by_label: dict[str, list[int]] = {}
    for row, label in enumerate(columns.labels):
        by_label.setdefault(label, []).append(row)
    if len(by_label) > limits.series:
        raise ProblemError(
            413,
            f"There are {grouped(len(by_label))} series. Expected at most "
            f"{grouped(limits.series)} in one request. Send them in several requests.",
        )
    found = [_series(label, columns, rows) for label, rows in by_label.items()]
    clocks = {clock for clock, _ in found}
    if len(clocks) > 1:
        raise UsageError(
            "The times of the series are of several kinds: whole numbers, times with a time zone "
            "and times without one cannot be forecast together. Send them in several requests."
        )
    options = Options(
        clocks.pop(),
        asked.h,
        tuple(asked.level),
        tuple(asked.quantiles),
        asked.freq,
        asked.season_length,
        asked.validated,
    )
    return Job(options, [series for _, series in found])


def check_options(h: int, columns: Sequence[float], limits: Limits) -> None:
    """Check the horizon and the number of columns.

    Raises:
        ProblemError: one is too large.
    """
    if h > limits.horizon:
        raise ProblemError(
            422,
            f"h is {grouped(h)}. Expected at most {grouped(limits.horizon)} steps.",
            more={"field": "h"},
        )
    if len(columns) > limits.columns:
        raise ProblemError(
            422,
            f"There are {len(columns)} levels and quantiles. Expected at most {limits.columns}.",
        )


def sorted_series(label: str, ds: Any, y: Any) -> Series:
    """A series in order of time.

    Raises:
        UsageError: a time occurs twice.
    """
    order = np.argsort(ds, kind="stable")
    ds, y = ds[order], y[order]
    if len(ds) > 1 and (ds[1:] == ds[:-1]).any():
        raise UsageError(
            f"Series {printable(label)}: a time occurs twice. Expected one row for each time."
        )
    return Series(label, ds, y)


def json_bytes(answer: Answer, *, validated: bool, decided_rows: int | None = None) -> bytes:
    """The body of a response with a forecast, in the package's own column names."""
    more: dict[str, Any] = {
        "freq": answer.freq,
        "validated": validated,
        "verdict": answer.verdict if validated else _NOT_VALIDATED,
        "notes": list(answer.notes),
        "rejected": answer.rejected,
    }
    if decided_rows is not None:
        more["decided_rows"] = decided_rows
    # One series after another: a single call would not be interrupted for a second.
    series = (_response_rows(answer, place) for place in range(len(answer.labels)))
    rows = ", ".join(json.dumps(found, allow_nan=False)[1:-1] for found in series)
    return f'{{"rows": [{rows}], {json.dumps(more, allow_nan=False)[1:]}'.encode()


def _response_rows(answer: Answer, series: int) -> list[dict[str, Any]]:
    """The rows of the forecast of one series."""
    label, times = answer.labels[series], written_times(answer.clock, answer.ds[series])
    names = ("unique_id", "ds", *answer.columns)
    values = (column[series].tolist() for column in answer.columns.values())
    cells = zip([label] * len(times), times, *values, strict=True)
    return [dict(zip(names, row, strict=True)) for row in cells]


def _series(label: str, columns: Columns, rows: Sequence[int]) -> tuple[Clock, Series]:
    if len(rows) == len(columns.ds):
        clock, ds = read_times(columns.ds)
        return clock, sorted_series(label, ds, columns.y)
    clock, ds = read_times([columns.ds[row] for row in rows])
    return clock, sorted_series(label, ds, columns.y[rows])
