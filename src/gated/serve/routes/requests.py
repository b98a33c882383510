"""Turns bodies of requests into jobs, and answers into bodies of responses."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gated.errors import UsageError
from gated.serve.forecasting.job import Answer, Job, Options, Series
from gated.serve.forecasting.times import Clock, read_times, written_times
from gated.serve.problems import ProblemError
from gated.serve.routes.bodies import ForecastBody, Row
from gated.serve.settings import Limits
from gated.text import grouped, printable

__all__ = ["check_options", "job_of", "json_bytes", "response_rows", "sorted_series"]

_NOT_VALIDATED = "The forecast is that of the pretrained network, without validation on these rows."


def job_of(body: ForecastBody, limits: Limits) -> Job:
    """The job of `/v1/forecast`.

    Raises:
        ProblemError: it is larger than the limits allow.
        UsageError: times cannot be read, or are of several kinds.
    """
    check_options(body.h, [*body.level, *body.quantiles], limits)
    if len(body.rows) > limits.rows:
        raise ProblemError(
            413,
            f"There are {grouped(len(body.rows))} rows. Expected at most {grouped(limits.rows)} in "
            "one request. Send the series in several requests.",
        )
    by_label: dict[str, list[Row]] = {}
    for row in body.rows:
        by_label.setdefault(row.unique_id, []).append(row)
    if len(by_label) > limits.series:
        raise ProblemError(
            413,
            f"There are {grouped(len(by_label))} series. Expected at most "
            f"{grouped(limits.series)} in one request. Send them in several requests.",
        )
    found = [_series(label, rows) for label, rows in by_label.items()]
    clocks = {clock for clock, _ in found}
    if len(clocks) > 1:
        raise UsageError(
            "The times of the series are of several kinds: whole numbers, times with a time zone "
            "and times without one cannot be forecast together. Send them in several requests."
        )
    options = Options(
        clocks.pop(),
        body.h,
        tuple(body.level),
        tuple(body.quantiles),
        body.freq,
        body.season_length,
        body.validated,
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


def response_rows(answer: Answer) -> list[dict[str, Any]]:
    """The rows of a forecast, in the package's own column names."""
    rows: list[dict[str, Any]] = []
    columns = {name: values.tolist() for name, values in answer.columns.items()}
    for series, label in enumerate(answer.labels):
        times = written_times(answer.clock, answer.ds[series])
        for step, ds in enumerate(times):
            row = {"unique_id": label, "ds": ds}
            rows.append(row | {name: values[series][step] for name, values in columns.items()})
    return rows


def json_bytes(answer: Answer, *, validated: bool) -> bytes:
    """The body of a response with a forecast."""
    body = {
        "rows": response_rows(answer),
        "freq": answer.freq,
        "validated": validated,
        "verdict": answer.verdict if validated else _NOT_VALIDATED,
        "notes": list(answer.notes),
        "rejected": answer.rejected,
    }
    return json.dumps(body, allow_nan=False).encode()


def _series(label: str, rows: Iterable[Row]) -> tuple[Clock, Series]:
    rows = list(rows)
    clock, ds = read_times([row.ds for row in rows])
    y = np.array([np.nan if row.y is None else row.y for row in rows], dtype=np.float64)
    return clock, sorted_series(label, ds, y)
