"""`/v1/read` and `/v1/report`: a file in; what was read, or the report of its forecast, out."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from gated.serve.bodies.models import Horizon, ReadOut, ReportOut
from gated.serve.bodies.requests import check_options
from gated.serve.forecasting.uploads import Upload, made_report, read_upload
from gated.serve.problems import PROBLEMS, ProblemError
from gated.serve.services import Services

__all__ = ["read_router"]

_THREADS = 2  # a report takes seconds; the threads of forecasts go on
_MOST = 16  # files that are read or wait
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The bytes of a table as text: CSV, tab-separated, JSON.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Name = Annotated[str, Query(max_length=255, description="The name of the file, for messages.")]
Column = Annotated[
    str | None, Query(max_length=200, description="The name of a column; by default detected.")
]


def read_router(services: Services) -> APIRouter:
    """The routes of files."""
    router = APIRouter(tags=["files"], responses=PROBLEMS)
    limits, work = services.limits, _Work(services.limits.seconds)
    model = services.engine.model

    @router.post("/v1/read", openapi_extra=_FILE)
    async def read(upload: Annotated[Upload, Depends(_upload)]) -> ReadOut:
        """Read a table, without a forecast: what was understood, repaired and left out."""
        return ReadOut(**await work.do(read_upload, upload, limits, model))

    @router.post("/v1/report", openapi_extra=_FILE)
    async def report(
        upload: Annotated[Upload, Depends(_upload)], h: Annotated[Horizon, Query()]
    ) -> ReportOut:
        """Forecast a table, validated: as CSV and as a page of HTML."""
        check_options(h, [], limits)
        return ReportOut(**await work.do(made_report, upload, h, limits, model))

    return router


async def _upload(
    request: Request,
    name: Name = "table.csv",
    time_col: Column = None,
    target_col: Column = None,
    id_col: Column = None,
) -> Upload:
    """The file of a request. The guard has bounded its size."""
    return Upload(await request.body(), name, time_col, target_col, id_col)


class _Work:
    """Threads of their own for files; few may wait.

    Args:
        seconds: after which a request is refused.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="files")
        self._places = threading.Semaphore(_MOST)

    async def do(self, call: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
        """Call in a thread.

        Raises:
            ProblemError: 503, too many files wait; or as `call`.
            TimeoutError: it took too long.
        """
        if not self._places.acquire(blocking=False):
            raise ProblemError(
                503, "The server is reading other files. Try again.", {"Retry-After": "5"}
            )
        future = self._pool.submit(call, *arguments)
        future.add_done_callback(lambda _: self._places.release())
        async with asyncio.timeout(self._seconds):
            return await asyncio.wrap_future(future)
