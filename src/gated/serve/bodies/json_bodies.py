"""Reads bodies of JSON: small ones at once, large ones in pieces, in a thread.

While one piece is read, the server answers nothing else: a call of the JSON reader is never
interrupted. A body of a few ten thousand rows is therefore read some hundred rows at a time.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from gated.serve.problems import ProblemError
from gated.serve.services import Services
from gated.text import grouped

__all__ = ["as_model", "documented", "read_json", "read_request"]

Read = TypeVar("Read")
Model = TypeVar("Model", bound=BaseModel)
_SMALL = 64 * 1024  # characters that are read at once
_LONGEST_ROW = 4_096  # characters
_SPACE = re.compile(r"[ \t\n\r]*")
_ROWS = "rows"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def documented(model: type[BaseModel]) -> dict[str, Any]:
    """The part of OpenAPI for a body that a route reads by itself; its schema names no others."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})
    body = {"application/json": {"schema": _resolved(schema, parts)}}
    return {"requestBody": {"required": True, "content": body}}


async def read_request(services: Services, request: Request, read: Callable[[bytes], Read]) -> Read:
    """Read the body of a request, in a thread if it is large; the guard has bounded its size."""
    content = await request.body()
    if len(content) <= _SMALL:
        return read(content)
    return await services.in_body_thread(read, content)


def read_json(content: bytes, most_rows: int, *, in_pieces: bool = True) -> Any:
    """The value of a body.

    Args:
        content: the bytes.
        most_rows: of the list `rows`, at most.
        in_pieces: whether only `rows` may be long; else the body is read at once.

    Raises:
        ProblemError: it is not JSON, or has more rows.

    >>> read_json(b'{"rows": [{"ds": 1, "y": 2}], "h": 3}', most_rows=9)
    {'rows': [{'ds': 1, 'y': 2}], 'h': 3}
    """
    try:
        text = content.decode()
        if len(text) <= _SMALL or not in_pieces:
            return _DECODER.decode(text)
        return _Pieces(text, most_rows).value()
    except json.JSONDecodeError as error:
        raise ProblemError(400, f"The body is not JSON: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        raise ProblemError(400, "The body cannot be read as JSON.") from error


def as_model(model: type[Model], given: Any) -> Model:
    """A body of its described form.

    Raises:
        RequestValidationError: it has another form.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        found = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(found) from error


class _Pieces:
    """A large object of JSON whose member `rows` may be long, and no other."""

    def __init__(self, text: str, most_rows: int) -> None:
        self._text, self._at, self._most_rows = text, 0, most_rows

    def value(self) -> dict[str, Any]:
        """The object.

        Raises:
            ValueError: it is not JSON.
            ProblemError: it has too many rows, or another member is long.
        """
        found: dict[str, Any] = {}
        self._take("{")
        is_first = True
        while not self._skip("}"):
            if not is_first:
                self._take(",")
            is_first = False
            self._space()
            name = self._one(_SMALL)
            if not isinstance(name, str):
                raise json.JSONDecodeError("Expecting a name in quotes", self._text, self._at)
            self._take(":")
            self._space()
            is_list = name == _ROWS and self._text.startswith("[", self._at)
            found[name] = self._rows() if is_list else self._one(_SMALL)
        self._space()
        if self._at < len(self._text):
            raise json.JSONDecodeError("Extra data", self._text, self._at)
        return found

    def _rows(self) -> list[Any]:
        rows: list[Any] = []
        self._take("[")
        while not self._skip("]"):
            if rows:
                self._take(",")
            self._space()
            rows += self._several() or [self._one(_LONGEST_ROW)]
            if len(rows) > self._most_rows:
                raise ProblemError(
                    413,
                    f"There are more than {grouped(self._most_rows)} rows. Expected at most so "
                    "many in one request. Send them in several requests.",
                )
        return rows

    def _several(self) -> list[Any]:
        """As many rows as fit into one piece; none if the piece cannot be cut between two rows."""
        end = self._text.rfind("},", self._at, self._at + _SMALL)
        try:
            rows = _DECODER.decode(f"[{self._text[self._at : end + 1]}]") if end > 0 else []
        except ValueError:
            return []
        self._at = end + 1 if rows else self._at
        return list(rows)

    def _one(self, longest: int) -> Any:
        """The value that begins here."""
        piece = self._text[self._at : self._at + longest]
        try:
            value, end = _DECODER.raw_decode(piece)
        except json.JSONDecodeError:
            if self._at + longest < len(self._text):
                raise ProblemError(
                    400,
                    "The body is not JSON, or one of its values has more than "
                    f"{grouped(longest)} characters.",
                ) from None
            raise
        self._at += end
        return value

    def _space(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _skip(self, sign: str) -> bool:
        """Whether a sign follows, which is skipped."""
        self._space()
        is_there = self._text.startswith(sign, self._at)
        self._at += len(sign) if is_there else 0
        return is_there

    def _take(self, sign: str) -> None:
        if not self._skip(sign):
            raise json.JSONDecodeError(f"Expecting '{sign}'", self._text, self._at)


def _resolved(schema: Any, parts: dict[str, Any]) -> Any:
    """A schema with its parts in place of their names."""
    if isinstance(schema, list):
        return [_resolved(one, parts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    name = schema.get("$ref")
    if isinstance(name, str):
        return _resolved(parts[name.rpartition("/")[2]], parts)
    return {key: _resolved(value, parts) for key, value in schema.items()}
