"""Matches texts with regular expressions, in the syntax of pyarrow.

pyarrow compiles a pattern at each call, which takes longer than a small column needs. Few short
texts are matched by Python, whose patterns stay compiled. For both, digits and blanks are those of
ASCII; where a pattern has letters of any script, only texts of ASCII are matched by Python.
"""

import re
from functools import cache
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray
from gated.table.cells.written.flags import flags

__all__ = ["all_match", "any_matches", "extracted", "matches", "replaced"]

FEW, SHORT = 500, 48  # texts, and their characters: Python may search a long text several times
TOKEN = re.compile(r"\\[pP](?:\{\^?\w+\}|\w)|\\x\{(?P<code>[0-9a-fA-F]+)\}|\\.|\[\^?\]?|[]$]")
ASCII_LETTERS = "A-Za-z"
# A vertical tab is a blank for Python only; a run of blanks may take Python seconds.
UNLIKE = re.compile(r"\v|\s\s")
OF_SCRIPTS = re.compile(r"\\p|\(\?i")  # letters of any script, or in small and large

Texts = TypeVar("Texts", pa.Array, pa.ChunkedArray)


def matches(texts: pa.Array | pa.ChunkedArray, pattern: str) -> BoolArray:
    """[K] whether each text matches a regular expression somewhere; null does not.

    >>> matches(pa.array(["a1", "b", None]), "[0-9]").tolist()
    [True, False, False]
    """
    cells, regex = _for_python(texts, pattern)
    if cells is None or regex is None:
        return flags(pc.match_substring_regex(texts, pattern))
    return np.array([one is not None for one in _searched(cells, regex)], dtype=np.bool_)


def any_matches(texts: pa.Array | pa.ChunkedArray, pattern: str) -> bool:
    """Whether any of the texts matches; null does not.

    >>> any_matches(pa.array(["a1", "b"]), "[0-9]"), any_matches(pa.array(["a"]), "[0-9]")
    (True, False)
    """
    cells, regex = _for_python(texts, pattern)
    if cells is None or regex is None:
        return bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())
    return any(map(regex.search, _written(cells)))


def all_match(texts: pa.Array | pa.ChunkedArray, pattern: str) -> bool:
    """Whether there are texts, and all of them match; null is none.

    >>> all_match(pa.array(["1", "2", None]), "[0-9]"), all_match(pa.array([], pa.string()), "")
    (True, False)
    """
    cells, regex = _for_python(texts, pattern)
    if cells is None or regex is None:
        return bool(pc.all(pc.match_substring_regex(texts, pattern)).as_py())
    written = _written(cells)
    return bool(written) and all(map(regex.search, written))


def extracted(texts: pa.Array, pattern: str) -> pa.StructArray:
    """[K] the named groups of a pattern, "" for one that is not used; null where it does not match.

    >>> extracted(pa.array(["7:30", "noon"]), r"^(?P<hour>\\d+):(?P<minute>\\d+)$").to_pylist()
    [{'hour': '7', 'minute': '30'}, None]
    """
    cells, regex = _for_python(texts, pattern)
    if cells is None or regex is None:
        return pc.extract_regex(texts, pattern)
    names = list(regex.groupindex)
    found = _searched(cells, regex)
    rows = [[""] * len(names) if one is None else one.groups("") for one in found]
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.StructArray.from_arrays(
        [pa.array(column, pa.string()) for column in columns],
        names=names,
        mask=pa.array([one is None for one in found], pa.bool_()),
    )


def replaced(texts: Texts, pattern: str, by: str) -> Texts:
    r"""The texts with each match replaced; the pattern matches no empty text.

    >>> replaced(pa.array(["7h30", None]), r"(\d)h(\d)", r"\1:\2").to_pylist()
    ['7:30', None]
    """
    cells, regex = _for_python(texts, pattern)
    if cells is None or regex is None:
        return pc.replace_substring_regex(texts, pattern, by)
    if not any(map(regex.search, _written(cells))):
        return texts
    new = pa.array([None if cell is None else regex.sub(by, cell) for cell in cells], pa.string())
    return pa.chunked_array([new]) if isinstance(texts, pa.ChunkedArray) else new


def _for_python(
    texts: pa.Array | pa.ChunkedArray, pattern: str
) -> tuple[list[str | None] | None, re.Pattern[str] | None]:
    """The texts and the pattern for Python; None if the texts are many or long, or may differ."""
    regex = _compiled(pattern)
    if len(texts) > FEW or regex is None:
        return None, None
    cells = texts.to_pylist()
    written = _written(cells)
    whole = "".join(written)
    if max(map(len, written), default=0) > SHORT or UNLIKE.search(whole):
        return None, None
    is_sure = whole.isascii() or not OF_SCRIPTS.search(pattern)
    return (cells, regex) if is_sure else (None, None)


def _written(cells: list[str | None]) -> list[str]:
    return [cell for cell in cells if cell is not None]


def _searched(cells: list[str | None], regex: re.Pattern[str]) -> list[re.Match[str] | None]:
    """The match of each text; None where there is none, and for null."""
    found = map(regex.search, _written(cells))  # without a call from Python for each text
    return [None if cell is None else next(found) for cell in cells] if None in cells else [*found]


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    r"""The pattern as Python writes it for ASCII; None if it has classes that Python does not have.

    >>> print(_compiled(r"^[\p{L}$]\.?$").pattern)
    ^[A-Za-z$]\.?\Z
    """
    parts: list[str] = []
    end, in_class = 0, False
    for token in TOKEN.finditer(pattern):
        text = token[0]
        parts.append(pattern[end : token.start()])
        end = token.end()
        if text.startswith((r"\p", r"\P")):
            if text != r"\p{L}":
                return None
            text = ASCII_LETTERS if in_class else f"[{ASCII_LETTERS}]"
        elif token["code"]:
            text = re.escape(chr(int(token["code"], 16)))
        elif text == "$":
            text = "$" if in_class else r"\Z"
        elif text == "]":
            in_class = False
        elif text.startswith("["):
            if in_class:  # a bracket in a class, or a class such as [:alpha:]
                return None
            in_class = True
        parts.append(text)
    return re.compile("".join(parts) + pattern[end:], re.ASCII)
