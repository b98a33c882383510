"""Reads rows from a stream of lines: CSV or JSON, in blocks that arrive together."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gated.errors import DataError
from gated.text import counted, listed

if TYPE_CHECKING:
    from io import BufferedReader

__all__ = ["Line", "RowParser", "blocks"]

_AT_ONCE = 1 << 16
_SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class Line:
    """One line of the stream.

    Attributes:
        number: counted from 1.
        content: without its end.
    """

    number: int
    content: bytes


def blocks(source: "BufferedReader") -> Iterator[list[Line]]:
    """Yield the lines that arrive together; the last one may lack its end."""
    number, rest = 0, b""
    while content := source.read1(_AT_ONCE):
        *whole, rest = (rest + content).split(b"\n")
        if whole:
            yield [Line(number + place, one) for place, one in enumerate(whole, 1)]
            number += len(whole)
    if rest.strip():
        yield [Line(number + 1, rest)]


class RowParser:
    """Parses lines as rows.

    Args:
        needed: the columns that a row must have.
        columns: the columns of lines of CSV without a header, when they are needed.
    """

    def __init__(self, needed: Sequence[str], columns: Callable[[], Sequence[str]]) -> None:
        self._needed, self._default = needed, columns
        self._names: list[str] | None = None
        self._separator = ","

    def parse(self, line: Line) -> dict[str, Any] | None:
        """The cells of a line by their column; None for an empty line and a header.

        Raises:
            DataError: the line is not a row.
        """
        try:
            text = line.content.decode("utf-8-sig" if line.number == 1 else "utf-8").strip("\r\n")
        except UnicodeDecodeError:
            raise DataError("is not UTF-8. Expected text in UTF-8.") from None
        if not text.strip():
            return None
        return self._json(text) if text.lstrip().startswith("{") else self._csv(text)

    def _json(self, text: str) -> dict[str, Any]:
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DataError(
                f"is no JSON object ({error}). Expected one, such as {self._example}."
            ) from None
        if not isinstance(row, dict):
            raise DataError(f"is no JSON object. Expected one, such as {self._example}.")
        missing = [name for name in self._needed if name not in row]
        if missing:
            raise DataError(
                f"lacks {listed(missing)}. Expected {listed(self._needed)}; found {listed(row)}."
            )
        return {name: row[name] for name in self._needed}

    def _csv(self, text: str) -> dict[str, Any] | None:
        if self._names is None:
            self._separator = max(_SEPARATORS, key=text.count)
            cells = self._cells(text)
            if set(self._needed) <= set(cells):
                self._names = cells
                return None
            self._names = list(self._default())
        cells = self._cells(text)
        if set(self._needed) <= set(cells):
            self._names = cells  # the header again: of a file that was appended
            return None
        if len(cells) != len(self._names):
            raise DataError(
                f"has {counted(len(cells), 'cell')}. Expected {len(self._names)}: "
                f"{listed(self._names)}."
            )
        row = dict(zip(self._names, cells, strict=True))
        return {name: row[name] for name in self._needed}

    def _cells(self, text: str) -> list[str]:
        return [cell.strip() for cell in next(csv.reader([text], delimiter=self._separator))]

    @property
    def _example(self) -> str:
        return json.dumps(dict.fromkeys(self._needed, "…"), ensure_ascii=False)
