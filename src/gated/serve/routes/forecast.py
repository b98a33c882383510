"""`POST /v1/forecast`: rows in, rows out; nothing is stored."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gated.serve.bodies.json_bodies import documented, read_request
from gated.serve.bodies.models import ForecastBody, ForecastOut
from gated.serve.bodies.requests import job_of, json_bytes
from gated.serve.problems import PROBLEMS
from gated.serve.services import Services

__all__ = ["forecast_router"]

_FEW_ROWS = 5_000  # of a response that is written at once


def forecast_router(services: Services) -> APIRouter:
    """The route of forecasts of given rows."""
    router = APIRouter(tags=["forecast"])
    extra = documented(ForecastBody)

    @router.post(
        "/v1/forecast", response_model=ForecastOut, responses=PROBLEMS, openapi_extra=extra
    )
    async def forecast(request: Request) -> Response:
        """Forecast every series of the given rows."""
        job = await read_request(services, request, lambda body: job_of(body, services.limits))
        validated = job.options.validated or services.has_model
        answer = await services.forecast(job)
        if len(answer.labels) * job.options.h <= _FEW_ROWS:
            content = json_bytes(answer, validated=validated)
        else:  # other requests go on meanwhile
            content = await services.in_body_thread(json_bytes, answer, validated=validated)
        return Response(content, media_type="application/json")

    return router
