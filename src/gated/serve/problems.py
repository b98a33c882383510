"""Defines errors as `application/problem+json` (RFC 9457): a title and one plain sentence."""

import json
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from gated.errors import GatedError, StoreError, StoreFullError

__all__ = ["PROBLEMS", "ProblemBody", "ProblemError", "problem_response", "response_for"]

MEDIA_TYPE = "application/problem+json"
_SHOWN = 200  # characters of a given value


class ProblemBody(BaseModel):
    """An error (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class ProblemError(Exception):
    """An error with a status and a sentence for the client.

    Args:
        status: the HTTP status.
        detail: what was found, what was expected, what to do.
        headers: more headers, such as Retry-After.
        more: more members of the body.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        headers: dict[str, str] | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}
        self.more = more or {}


def _documented(status: int, meaning: str) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": ProblemBody.model_json_schema()}}
    return {status: {"description": meaning, "content": content}}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    **_documented(400, "The request cannot be read."),
    **_documented(401, "The API key is missing or wrong."),
    **_documented(404, "There is no such series or page."),
    **_documented(408, "The body came too slowly."),
    **_documented(413, "The request is too large."),
    **_documented(415, "The body is of another type than expected, or it is compressed."),
    **_documented(422, "A value is out of range, or the rows cannot be forecast."),
    **_documented(429, "Too many requests with this key."),
    **_documented(500, "A fault of the server."),
    **_documented(503, "The server is busy; Retry-After says when to try again."),
    **_documented(507, "The disk of the store is full."),
}
"""The errors of every route, for OpenAPI."""


def problem_response(problem: ProblemError) -> Response:
    """The response for a problem."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        **problem.more,
    }
    return Response(json.dumps(body), problem.status, problem.headers, MEDIA_TYPE)


def response_for(_request: Request, error: Exception) -> Response:
    """The response for an exception of a route; nothing of the program is shown."""
    return problem_response(_problem(error))


def _problem(error: Exception) -> ProblemError:
    match error:
        case ProblemError():
            return error
        case StoreFullError():
            return ProblemError(507, str(error))
        case StoreError():
            return ProblemError(
                503,
                "The store cannot be used now; the server's log says why.",
                {"Retry-After": "5"},
            )
        case GatedError():
            return ProblemError(422, str(error))
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            return _of_framework(error)
        case TimeoutError():
            return ProblemError(503, "The server is busy. Try again.", {"Retry-After": "5"})
    return ProblemError(500, "Sorry: this is a fault of the server. Its log has the details.")


def _invalid(error: RequestValidationError) -> ProblemError:
    """The first fault of a request that is not of the described form."""
    found = error.errors()[0]
    where = ".".join(str(part) for part in found["loc"] if part != "body") or "the body"
    if found["type"] == "json_invalid":
        reason = found.get("ctx", {}).get("error", "it ends too early")
        return ProblemError(400, f"The body is not JSON: {reason}.")
    more = len(error.errors()) - 1
    rest = f" There are {more:,} more such errors." if more else ""
    return ProblemError(422, f"{where[:_SHOWN]}: {found['msg']}.{rest}")


def _of_framework(error: HTTPException) -> ProblemError:
    sentences = {
        400: "The body cannot be read as JSON.",
        404: "There is no such page. GET /openapi.json lists all.",
        405: "This page does not have this method. GET /openapi.json lists all.",
    }
    detail = sentences.get(error.status_code, str(error.detail))
    return ProblemError(error.status_code, detail, dict(error.headers or {}))
