"""Stands before all pages: limits, keys, headers, log and counts of every request.

Sizes are checked before anything is parsed: a body is read up to the limit, within a time, and
only as plain JSON or bytes, so that no compressed body grows and no web page can send one
unnoticed.
"""

import asyncio
import secrets
import time
from contextlib import nullcontext
from typing import Any

from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gated.serve.http.page import CONTENT_SECURITY_POLICY
from gated.serve.problems import ProblemError, problem_response
from gated.serve.records.logs import log
from gated.serve.services import Services
from gated.store import StoredKey
from gated.text import grouped

__all__ = ["Guard"]

_HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_OPEN = ("/healthz", "/readyz", "/v2/health/live", "/v2/health/ready")  # without a key
_JSON = "application/json"
_PAGE = "/static/"
_FILES = ("/v1/read", "/v1/report")  # their bodies are files
_LOCAL = {"127.0.0.1", "localhost", "::1"}
_SHOWN = 200  # characters of a path in the log


class Guard:
    """The outermost part of the server, an ASGI application.

    Args:
        app: the pages.
        services: limits, keys, counts.
    """

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services
        self._limits = services.limits
        self._needs_key = not services.settings.is_loopback

    def end_streams(self) -> None:
        """End the responses that would go on: those of series that are listened to."""
        self._services.changes.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; connections of other kinds go on to the pages."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1003})
        elif scope["type"] == "http":
            await _Exchange(self, scope, receive, send).run()
        else:
            await self._app(scope, receive, send)


class _Exchange:
    """One request and its response."""

    def __init__(self, guard: Guard, scope: Scope, receive: Receive, send: Send) -> None:
        self._guard, self._scope, self._receive, self._send = guard, scope, receive, send
        self._services, self._limits = guard._services, guard._limits
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self._id = secrets.token_hex(8)
        self._status = 0  # until the response begins
        self._client = ""

    async def run(self) -> None:
        """Check the request, answer it, and record it."""
        begin = time.perf_counter()
        metrics = self._services.metrics
        with metrics.running.track_inprogress():
            try:
                await self._answer()
            except ProblemError as problem:
                await self._refuse(problem)
            except Exception:
                log.exception("fault", extra={"fields": {"request": self._id}})
                await self._refuse(
                    ProblemError(
                        500, "Sorry: this is a fault of the server. Its log has the details."
                    )
                )
        seconds = time.perf_counter() - begin
        route = getattr(self._scope.get("route"), "path", "other")
        metrics.requests.labels(self._scope["method"], route, self._status).inc()
        metrics.seconds.labels(route).observe(seconds)
        self._record(route, seconds)

    async def _answer(self) -> None:
        self._check_host()
        key = await self._key()
        name, per_minute = ("", None) if key is None else (key.name, key.per_minute)
        self._client = name
        counts = not self._is_open
        with self._services.rates.counted(name, per_minute) if counts else nullcontext():
            body = await self._body()
            await self._guard._app(self._scope, _replayed(body, self._receive), self._begin)

    @property
    def _is_open(self) -> bool:
        """Whether the page needs no key: it shows nothing of the store."""
        path = self._scope["path"]
        return path in _OPEN or path == "/" or path.startswith(_PAGE)

    def _check_host(self) -> None:
        """Refuse names of other hosts: a web page could let its own name mean this machine."""
        if not self._services.settings.is_loopback:
            return
        host = self._headers.get(b"host", b"").decode("latin-1")
        name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.split(":")[0]
        if name.lower() not in _LOCAL:
            raise ProblemError(
                421, "This server is for this machine only. Expected the host 127.0.0.1."
            )

    async def _key(self) -> StoredKey | None:
        """The key of the request; None if it has none and needs none."""
        given = self._headers.get(b"authorization", b"").decode("latin-1")
        scheme, _, token = given.partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else ""
        token = token or self._headers.get(b"x-api-key", b"").decode("latin-1")
        if not token and (self._is_open or not self._guard._needs_key):
            return None
        found = None
        if token:
            found = await self._services.in_thread(self._services.keyring.check, token)
        if found is None:
            what = "wrong, or was removed" if token else "missing"
            raise ProblemError(
                401,
                f"The API key is {what}. Expected the header Authorization: Bearer KEY; "
                "gated keys add NAME makes a key.",
                {"WWW-Authenticate": "Bearer"},
            )
        return found

    async def _body(self) -> bytes:
        """Read the body, within its limits.

        Raises:
            ProblemError: it is too large, too slow, or not JSON.
        """
        most = self._limits.body_bytes
        length = self._headers.get(b"content-length", b"")
        has_body = (length not in (b"", b"0")) or b"transfer-encoding" in self._headers
        if has_body:
            self._check_form()
        if length.isdigit() and int(length) > most:
            raise self._too_large()
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                while True:
                    message = await self._receive()
                    if message["type"] == "http.disconnect":
                        raise ProblemError(400, "The connection ended before the body.")
                    part = message.get("body", b"")
                    size += len(part)
                    if size > most:
                        raise self._too_large()
                    parts.append(part)
                    if not message.get("more_body", False):
                        return b"".join(parts)
        except TimeoutError:
            raise ProblemError(
                408,
                f"The body did not arrive within {self._limits.body_seconds:g} s.",
                {"Connection": "close"},
            ) from None

    def _check_form(self) -> None:
        """Check that the body is plain JSON, or plain bytes where a file is expected."""
        encoding = self._headers.get(b"content-encoding", b"identity").decode("latin-1")
        if encoding.strip().lower() not in ("", "identity"):
            raise ProblemError(
                415, "The body is compressed. Expected it without Content-Encoding.", _CLOSE
            )
        kind = self._headers.get(b"content-type", b"").decode("latin-1")
        expected = "application/octet-stream" if self._scope["path"] in _FILES else _JSON
        if kind.partition(";")[0].strip().lower() != expected:
            raise ProblemError(
                415, f"The body is of another type. Expected Content-Type: {expected}.", _CLOSE
            )

    def _too_large(self) -> ProblemError:
        most = grouped(self._limits.body_bytes)
        return ProblemError(
            413, f"The body is too large. Expected at most {most} bytes in one request.", _CLOSE
        )

    async def _begin(self, message: Message) -> None:
        """Send a part of the response, with the headers of all responses."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            own = [*_HEADERS, (b"x-request-id", self._id.encode())]
            message = {**message, "headers": [*message["headers"], *own]}
        await self._send(message)

    async def _refuse(self, problem: ProblemError) -> None:
        """Answer with an error, unless the response has begun."""
        if self._status:
            return
        response: Response = problem_response(problem)
        await response(self._scope, self._receive, self._begin)

    def _record(self, route: str, seconds: float) -> None:
        fields: dict[str, Any] = {
            "request": self._id,
            "method": self._scope["method"],
            "path": self._scope["path"][:_SHOWN],
            "route": route,
            "status": self._status,
            "ms": round(seconds * 1000, 1),
        }
        if self._client:
            fields["key"] = self._client
        log.info("request", extra={"fields": fields})


_CLOSE = {"Connection": "close"}  # the rest of the body is not read


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Give the pages a body that was read already."""
    is_given = False

    async def replayed() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
