"""`POST /v1/forecast`: rows in, rows out; nothing is stored."""

from fastapi import APIRouter
from fastapi.responses import Response

from gated.serve.problems import PROBLEMS
from gated.serve.routes.bodies import ForecastBody, ForecastOut
from gated.serve.routes.requests import job_of, json_bytes
from gated.serve.services import Services

__all__ = ["forecast_router"]

_FEW_ROWS = 5_000


def forecast_router(services: Services) -> APIRouter:
    """The route of forecasts of given rows."""
    router = APIRouter(tags=["forecast"])

    @router.post("/v1/forecast", response_model=ForecastOut, responses=PROBLEMS)
    async def forecast(body: ForecastBody) -> Response:
        """Forecast every series of the given rows."""
        validated = body.validated or services.has_model
        if len(body.rows) <= _FEW_ROWS:
            answer = await services.forecast(job_of(body, services.limits))
            content = json_bytes(answer, validated=validated)
        else:  # other requests go on meanwhile
            job = await services.in_thread(job_of, body, services.limits)
            answer = await services.forecast(job)
            content = await services.in_thread(json_bytes, answer, validated=validated)
        return Response(content, media_type="application/json")

    return router
