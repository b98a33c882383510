"""Runs the server until SIGTERM or Ctrl-C stops it; answers that have begun are finished."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from gated.errors import UsageError
from gated.serve.app import create_app
from gated.serve.http.slow_clients import protocol_with_head_limit
from gated.serve.records.logs import log, log_to
from gated.serve.settings import Settings
from gated.store import Store

__all__ = ["Server", "run"]

_SECONDS_TO_STOP = 30
_HEAD_BYTES = 32 * 1024
_CONNECTIONS = 2_000


def run(settings: Settings) -> None:
    """Serve until a signal.

    Raises:
        UsageError: other machines could reach the server, and there is no key.
        StoreError: the store cannot be used.
    """
    if not settings.is_loopback:
        _require_keys(settings)
    app = create_app(settings)
    log_to()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=protocol_with_head_limit(settings.limits.head_seconds),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        timeout_graceful_shutdown=_SECONDS_TO_STOP,
    )
    address = f"http://{settings.host}:{settings.port}"
    log.info("start", extra={"fields": {"address": address}})
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _do_nothing)  # uvicorn raises a signal again after it has stopped
    Server(config, on_stop=app.end_streams).run()
    log.info("stop")


class Server(uvicorn.Server):
    """uvicorn's server, which ends endless responses before it waits for all to be finished.

    Args:
        config: of uvicorn.
        on_stop: called when the server begins to stop.
    """

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        """Stop."""
        self._on_stop()
        await super().shutdown(sockets)


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    pass


def _require_keys(settings: Settings) -> None:
    with Store(settings.store) as store:
        if not store.keys.count():
            raise UsageError(
                f"--host {settings.host}: other machines could reach this server, but its store "
                f"{store.shown} has no API key. Make one first: gated keys add NAME --store "
                f"{store.shown}"
            )
