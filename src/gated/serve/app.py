"""Makes the application: the pages behind the guard, with one set of services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from gated._version import __version__
from gated.errors import GatedError
from gated.serve.forecasting.engine import Engine
from gated.serve.http.guard import Guard
from gated.serve.http.page import page_router
from gated.serve.problems import ProblemError, response_for
from gated.serve.routes.forecast import forecast_router
from gated.serve.routes.health import health_router
from gated.serve.routes.listing import listing_router
from gated.serve.routes.open_inference import open_inference_router
from gated.serve.routes.read import read_router
from gated.serve.routes.series import series_router
from gated.serve.routes.series_forecast import series_forecast_router
from gated.serve.services import Services
from gated.serve.settings import Settings
from gated.store import Store

__all__ = ["create_app"]

_DESCRIPTION = "A table in, a forecast out: rows of unique_id, ds and y in, rows of a forecast out."
_HANDLED = (ProblemError, GatedError, RequestValidationError, HTTPException, Exception)


def create_app(settings: Settings | None = None) -> Guard:
    """Make the application of a server; any ASGI server runs it.

    A server that stops should call its `end_streams` first: else it waits for those who listen to
    series, until their time is over.

    Args:
        settings: by default those of `gated serve` without options.

    Raises:
        UsageError: the address of the store is wrong.
        StoreError: the store cannot be used.
        ModelFileError: the model cannot be loaded.
    """
    settings = settings or Settings()
    engine = Engine(settings.model)
    services = Services(settings, Store(settings.store), engine)
    return Guard(_pages(services), services)


def _pages(services: Services) -> FastAPI:
    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        await services.start()
        try:
            yield
        finally:
            await services.stop()

    pages = FastAPI(
        title="gated",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=running,
        docs_url=None,  # both load scripts from other servers
        redoc_url=None,
        redirect_slashes=False,
    )
    for kind in _HANDLED:
        pages.add_exception_handler(kind, response_for)
    for router in (
        forecast_router(services),
        listing_router(services),
        series_router(services),
        series_forecast_router(services),
        health_router(services),
        open_inference_router(services),
        read_router(services),
        page_router(services.limits.body_bytes),
    ):
        pages.include_router(router)
    return pages
