"""Writes a response of events (text/event-stream, as EventSource of the browsers reads it)."""

import json
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from gated.serve.events.changes import Listener
from gated.store import SeriesInfo

__all__ = ["EVENT_STREAM", "EventStream"]

EVENT_STREAM = "text/event-stream"
_HEARTBEAT = 15.0  # seconds; proxies and clients close a connection that is silent for longer
_AGAIN = 2_000  # milliseconds, after which a client connects again


class EventStream(StreamingResponse):
    """A response that has an event for the state of a series now, and one after each change.

    It ends when the series is removed, the server stops, the client leaves, or the time is over.

    Args:
        listener: of the series; it is closed in the end.
        shown: writes what is known of the series as JSON values.
        seconds: that it lasts at most.
    """

    media_type = EVENT_STREAM

    def __init__(
        self, listener: Listener, shown: Callable[[SeriesInfo], dict[str, Any]], seconds: float
    ) -> None:
        self._listener, self._shown, self._seconds = listener, shown, seconds
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(self._parts(), headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response; however it ends, the listener is closed."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._listener.close()

    async def _parts(self) -> AsyncIterator[bytes]:
        listener, loop = self._listener, get_running_loop()
        end = loop.time() + self._seconds
        yield f"retry: {_AGAIN}\n\n".encode()
        while not listener.has_ended:
            if listener.info is None:
                yield _event("removed", {"unique_id": listener.label})
                return
            yield _event("series", self._shown(listener.info), listener.info.revision)
            while not await listener.changed(min(_HEARTBEAT, end - loop.time())):
                if loop.time() >= end:
                    return
                yield b": still here\n\n"


def _event(name: str, data: dict[str, Any], number: int | None = None) -> bytes:
    """An event; JSON has no line break, which would end its data."""
    identity = "" if number is None else f"id: {number}\n"
    return f"event: {name}\n{identity}data: {json.dumps(data)}\n\n".encode()
