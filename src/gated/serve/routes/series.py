"""`/v1/series/…/rows`: rows of series are stored, read and removed."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from gated.serve.bodies.json_bodies import as_model, documented, read_request
from gated.serve.bodies.models import (
    RowsBody,
    RowsOptions,
    RowsOut,
    UniqueId,
    WrittenOut,
)
from gated.serve.bodies.row_columns import read_columns
from gated.serve.bodies.shown import known_series, rows_body, shown_write, unknown_series
from gated.serve.forecasting.times import Clock, read_times
from gated.serve.problems import PROBLEMS, ProblemError
from gated.serve.services import Services
from gated.serve.settings import Limits
from gated.store import Write

__all__ = ["series_router"]


def series_router(services: Services) -> APIRouter:
    """The routes of the rows of stored series."""
    router = APIRouter(tags=["series"], responses=PROBLEMS)
    limits, store = services.limits, services.store

    async def stored(label: str, request: Request, *, replaces_all: bool) -> WrittenOut:
        read = partial(_write, label, limits, replaces_all)
        return shown_write(await services.write(await read_request(services, request, read)))

    @router.post("/v1/series/{unique_id}/rows", openapi_extra=documented(RowsBody))
    async def add_rows(unique_id: UniqueId, request: Request) -> WrittenOut:
        """Add rows; a row of a stored time replaces it. They are on the disk in the response."""
        return await stored(unique_id, request, replaces_all=False)

    @router.put("/v1/series/{unique_id}/rows", openapi_extra=documented(RowsBody))
    async def replace_rows(unique_id: UniqueId, request: Request) -> WrittenOut:
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

    return router


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
