"""`/v1/series/…`: rows of series are stored, read, forecast and removed."""

import hashlib
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from gated.serve.forecasting.job import Job, Options, Series
from gated.serve.forecasting.steps import usual_horizon
from gated.serve.forecasting.times import CLOCKS, Clock, read_times
from gated.serve.problems import PROBLEMS, ProblemError
from gated.serve.routes.bodies import (
    ForecastOut,
    Frequency,
    Horizon,
    Levels,
    Quantiles,
    RowsBody,
    RowsOptions,
    RowsOut,
    Season,
    SeriesOut,
    UniqueId,
)
from gated.serve.routes.json_bodies import as_model, documented, read_request
from gated.serve.routes.requests import check_options, json_bytes
from gated.serve.routes.row_columns import read_columns
from gated.serve.routes.shown import known_series, rows_body, shown_series, unknown_series
from gated.serve.services import Services
from gated.serve.settings import Limits
from gated.store import Derived, SeriesRows, Write

__all__ = ["series_router"]

_USUAL = "Steps ahead; by default the usual number for the step, such as 28 for days."


def series_router(services: Services) -> APIRouter:
    """The routes of stored series."""
    router = APIRouter(tags=["series"], responses=PROBLEMS)
    limits, store = services.limits, services.store

    async def stored(label: str, request: Request, *, replaces_all: bool) -> SeriesOut:
        read = partial(_write, label, limits, replaces_all)
        return shown_series(await services.write(await read_request(services, request, read)))

    @router.post("/v1/series/{unique_id}/rows", openapi_extra=documented(RowsBody))
    async def add_rows(unique_id: UniqueId, request: Request) -> SeriesOut:
        """Add rows; a row of a stored time replaces it. They are on the disk in the response."""
        return await stored(unique_id, request, replaces_all=False)

    @router.put("/v1/series/{unique_id}/rows", openapi_extra=documented(RowsBody))
    async def replace_rows(unique_id: UniqueId, request: Request) -> SeriesOut:
        """Replace all rows of the series."""
        return await stored(unique_id, request, replaces_all=True)

    @router.get("/v1/series/{unique_id}/rows", response_model=RowsOut)
    async def read_rows(
        unique_id: UniqueId,
        after: Annotated[str | None, Query(max_length=40)] = None,
        limit: Annotated[int, Query(ge=1, le=limits.page)] = 100,
    ) -> Response:
        """Read rows: the first ones after a time, or else the latest ones."""
        bound = None if after is None else _bound(after)
        found = await services.in_thread(
            store.series.rows, unique_id, last=limit, after=None if bound is None else bound[1]
        )
        known = known_series(found, unique_id)
        if bound is not None and bound[0] != known.info.clock:
            raise ProblemError(422, "after is of another kind than the times of the series.")
        return Response(rows_body(known), media_type="application/json")

    @router.delete("/v1/series/{unique_id}", status_code=204)
    async def remove_series(unique_id: UniqueId) -> None:
        """Remove a series with all its rows and forecasts."""
        if not await services.remove(unique_id):
            raise unknown_series(unique_id)

    @router.get("/v1/series/{unique_id}/forecast", response_model=ForecastOut)
    async def forecast_series(
        unique_id: UniqueId,
        h: Annotated[Horizon | None, Query(description=_USUAL)] = None,
        level: Annotated[Levels, Query()] = [80.0],  # noqa: B006 (FastAPI copies it)
        quantiles: Annotated[Quantiles, Query()] = [],  # noqa: B006
        freq: Annotated[Frequency, Query()] = None,
        season_length: Annotated[Season, Query()] = None,
        validated: bool = True,
    ) -> Response:
        """Forecast a stored series; the forecast is kept until its rows change."""
        check_options(h or 1, [*level, *quantiles], limits)
        options = Options(
            "local", h or 0, tuple(level), tuple(quantiles), freq, season_length, validated
        )
        key = _key(options)
        kept = await services.in_thread(store.forecasts.get_current, unique_id, key)
        if kept is not None:
            return Response(kept.content, media_type="application/json")
        found = await services.in_thread(store.series.rows, unique_id, last=limits.rows_seen)
        known = known_series(found, unique_id)
        job = await services.in_thread(_job, known, options, limits.horizon)
        content = json_bytes(
            await services.forecast(job), validated=validated or services.has_model
        )
        services.keep(unique_id, key, Derived(known.info.revision, content))
        return Response(content, media_type="application/json")

    return router


def _key(options: Options) -> str:
    """The key of a stored forecast: a digest of its options."""
    return hashlib.sha256(repr(options).encode()).hexdigest()


def _job(rows: SeriesRows, options: Options, longest: int) -> Job:
    """The job of a stored series; a horizon of 0 becomes the usual one."""
    clock = CLOCKS[rows.info.clock]
    series = Series(rows.info.label, rows.ds, rows.y)
    h = options.h or min(longest, usual_horizon(clock, series, options.freq))
    return Job(replace(options, clock=clock, h=h), [series])


def _write(label: str, limits: Limits, replaces_all: bool, body: bytes) -> Write:
    """The rows of a body, to be stored."""
    columns, others = read_columns(body, limits)
    as_model(RowsOptions, others)
    clock, ds = read_times(columns.ds)
    return Write(label, clock, ds.tolist(), columns.y.tolist(), replaces_all, limits.rows_of_series)


def _bound(after: str) -> tuple[Clock, int]:
    """The clock and the number of a time in a query."""
    is_number = after.lstrip("-").isdigit() and len(after) < 17
    clock, times = read_times([int(after) if is_number else after])
    return clock, int(times[0])
