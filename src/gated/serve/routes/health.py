"""`/healthz`, `/readyz`, `/metrics`: for the programs that watch the server."""

from fastapi import APIRouter
from fastapi.responses import Response

from gated.errors import StoreError
from gated.serve.problems import PROBLEMS, ProblemError
from gated.serve.services import Services

__all__ = ["health_router"]

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def health_router(services: Services) -> APIRouter:
    """The routes of watching programs."""
    router = APIRouter(tags=["watching"])

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Whether the server runs."""
        return {"status": "ok"}

    @router.get("/readyz", responses={503: PROBLEMS[503]})
    async def readyz() -> dict[str, str]:
        """Whether the network is loaded and the store answers."""
        if not services.is_ready:
            raise ProblemError(503, "The server is starting or stopping.", {"Retry-After": "1"})
        try:
            await services.in_thread(services.store.check)
        except StoreError:
            raise ProblemError(503, "The store does not answer.", {"Retry-After": "5"}) from None
        return {"status": "ready"}

    @router.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {_PROMETHEUS: {"schema": {"type": "string"}}}}},
    )
    async def metrics() -> Response:
        """Counts, in the form of Prometheus."""
        return Response(services.metrics.text(), media_type=_PROMETHEUS)

    return router
