"""`/v1/series` and `/v1/series/…/events`: the stored series are listed, and listened to."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from gated.serve.bodies.models import SeriesPage, UniqueId
from gated.serve.bodies.shown import shown_page, shown_series, unknown_series
from gated.serve.events.stream import EVENT_STREAM, EventStream
from gated.serve.problems import PROBLEMS
from gated.serve.services import Services

__all__ = ["listing_router"]

_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `series` with what is known of it, now and after each "
        "change; `removed`; a comment every 15 seconds. The response ends after some minutes: "
        "connect again then.",
        "content": {
            EVENT_STREAM: {
                "schema": {"type": "string"},
                "example": 'retry: 2000\n\nevent: series\nid: 3\ndata: {"unique_id": "shop", '
                '"rows": 14, "first": "2024-01-01", "last": "2024-01-14", "revision": 3, '
                '"changed": "2024-01-14T20:15:00Z"}\n\n',
            }
        },
    }
}


def listing_router(services: Services) -> APIRouter:
    """The routes that show which series there are, and which change."""
    router = APIRouter(tags=["series"], responses=PROBLEMS)
    limits, store = services.limits, services.store

    @router.get("/v1/series")
    async def list_series(
        after: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=limits.page)] = 100,
        find: Annotated[
            str, Query(max_length=200, description="A part of their names, in either case.")
        ] = "",
        values: Annotated[
            int, Query(ge=0, le=limits.tail, description="The number of last values of each.")
        ] = 0,
    ) -> SeriesPage:
        """List the stored series, in order of their names."""
        found = await services.in_thread(
            store.series.page, after=after, most=limit, find=find, last=values
        )
        return shown_page(found)

    @router.get(
        "/v1/series/{unique_id}/events",
        status_code=200,  # else FastAPI looks for it in the response's arguments
        response_class=EventStream,
        responses=_EVENTS,
    )
    async def listen_to_series(unique_id: UniqueId) -> EventStream:
        """Listen to a series: an event with its state now, and one after each change."""
        listener = await services.changes.listen(unique_id)
        if listener.info is None:
            listener.close()
            raise unknown_series(unique_id)
        return EventStream(
            listener, lambda info: shown_series(info).model_dump(), limits.listening_seconds
        )

    return router
