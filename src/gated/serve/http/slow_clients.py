"""Closes connections whose request does not arrive: the head of a request has some seconds."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["protocol_with_head_limit"]


def protocol_with_head_limit(seconds: float) -> type[H11Protocol]:
    """uvicorn's protocol for HTTP, with a limit of time for the head of each request.

    The guard limits the time of the body; between requests, uvicorn closes idle connections.
    """

    class HeadLimitProtocol(H11Protocol):
        _timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._watch()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._watch()

        def connection_lost(self, exc: Exception | None) -> None:
            self._forget()
            super().connection_lost(exc)

        def _watch(self) -> None:
            """Keep a timer while a head is incomplete."""
            if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
                self._forget()
            elif self._timer is None:
                self._timer = self.loop.call_later(seconds, self._close)

        def _forget(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

        def _close(self) -> None:
            if self.conn.their_state is h11.IDLE:
                self.transport.close()

    return HeadLimitProtocol
