"""Reads the examples of the pages, runs them and compares their outputs.

- ```python blocks run in the order of the page, in one namespace; a ```text block that follows one
  directly is its output.
- ```console blocks contain commands after "$ " and below each command its output.
- In both, "..." stands for any text, and seconds are not compared. A block below
  `<!-- not run: WHY -->` is not run.
"""

import contextlib
import io
import re
import shlex
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from gated.cli.app import app
from gated.errors import GatedWarning

_BLOCK = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_NOT_RUN = re.compile(r"<!-- not run: \S[^\n]*-->\s*\Z")
_SECONDS = re.compile(r"\b\d+(\.\d+)? s\b")
_COMMAND = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, content, first line, and whether it is run."""

    language: str
    content: str
    start: int
    end: int
    is_run: bool


@dataclass(frozen=True)
class Mismatch:
    """An output that differs from the page: its place and both texts."""

    start: int
    end: int
    expected: str
    found: str


def blocks(page: str) -> Iterator[Block]:
    for match in _BLOCK.finditer(page):
        content = re.sub(rf"^{match[1]}", "", match[3], flags=re.MULTILINE)
        is_run = _NOT_RUN.search(page, 0, match.start()) is None
        yield Block(match[2], content, match.start(3), match.end(3), is_run)


def run(page: str) -> Iterator[Mismatch]:
    """Run the examples of a page, in the current folder."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    found = list(blocks(page))
    for block, after in zip(found, [*found[1:], None], strict=True):
        if not block.is_run:
            continue
        if block.language == "python":
            printed = _python(block.content, namespace)
            if after is not None and after.language == "text" and _follows(page, block, after):
                yield from _compare(after, printed)
        elif block.language == "console":
            for match in _COMMAND.finditer(block.content):
                place = replace(
                    block,
                    content=match[2],
                    start=block.start + match.start(2),
                    end=block.start + match.end(2),
                )
                yield from _compare(place, _command(match[1]))


def corrected(page: str, mismatches: list[Mismatch]) -> str:
    """Return the page with the actual outputs."""
    for one in sorted(mismatches, key=lambda one: one.start, reverse=True):
        page = page[: one.start] + one.found + page[one.end :]
    return page


def _follows(page: str, block: Block, after: Block) -> bool:
    """Whether nothing but the fences stands between two blocks."""
    return not re.sub(r"```[^\n]*", "", page[block.end : after.start]).strip()


def _python(code: str, namespace: dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore", GatedWarning)
        exec(compile(code, "<example>", "exec"), namespace)
    return printed.getvalue()


def _command(line: str) -> str:
    program, *arguments = shlex.split(line, comments=True)
    if program == "head":
        return "".join(Path(arguments[-1]).read_text("utf-8").splitlines(True)[:3])
    assert program == "gated", f"{line}: only gated and head are run"
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, (line, result.output)
    return result.output


def _compare(block: Block, printed: str) -> Iterator[Mismatch]:
    texts = (_SECONDS.sub("0 s", text) for text in (block.content, printed))
    if not OutputChecker().check_output(*texts, ELLIPSIS | NORMALIZE_WHITESPACE):
        yield Mismatch(block.start, block.end, block.content, printed)
