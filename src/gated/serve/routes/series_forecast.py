"""`/v1/series/…/forecast`: a stored series is forecast from its state."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from gated.serve.bodies.models import (
    ForecastOut,
    Frequency,
    Horizon,
    Levels,
    Quantiles,
    Season,
    UniqueId,
)
from gated.serve.bodies.requests import check_options, json_bytes
from gated.serve.bodies.shown import unknown_series
from gated.serve.forecasting.job import Options
from gated.serve.problems import PROBLEMS
from gated.serve.services import Services

__all__ = ["series_forecast_router"]

_USUAL = "Steps ahead; by default the usual number for the step, such as 28 for days."


def series_forecast_router(services: Services) -> APIRouter:
    """The route of forecasts of stored series."""
    router = APIRouter(tags=["series"], responses=PROBLEMS)

    @router.get("/v1/series/{unique_id}/forecast", response_model=ForecastOut)
    async def forecast_series(
        unique_id: UniqueId,
        h: Annotated[Horizon | None, Query(description=_USUAL)] = None,
        level: Annotated[Levels, Query()] = [80.0],  # noqa: B006 (FastAPI copies it)
        quantiles: Annotated[Quantiles, Query()] = [],  # noqa: B006
        freq: Annotated[Frequency, Query()] = None,
        season_length: Annotated[Season, Query()] = None,
        validated: bool = True,
        refresh: Annotated[bool, Query(description="Whether to validate anew.")] = False,
    ) -> Response:
        """Forecast a stored series from its state; the forecast is kept until its rows change.

        The validation is kept longer: until the series has a quarter more rows, or `refresh`.
        """
        check_options(h or 1, [*level, *quantiles], services.limits)
        options = Options(
            "local", h or 0, tuple(level), tuple(quantiles), freq, season_length, validated
        )
        looked = await services.look(unique_id, options, refresh=refresh)
        if looked.info is None:
            raise unknown_series(unique_id)
        content = looked.body
        if content is None:
            made = await services.forecast_stored(unique_id, options, looked)
            content = json_bytes(
                made.answer,
                validated=validated or services.has_model,
                decided_rows=made.decided_rows,
            )
            services.stored.keep(made, options, content)
        return Response(content, media_type="application/json")

    return router
