"""Keeps all fields of a JSON object that have one name; Python's reader takes only the last."""

import json
import re
from collections.abc import Sequence
from typing import Any

__all__ = ["marked", "read_document", "written"]

TOO_LONG = re.compile(r"\d{4301}")  # digits; Python's limit is 4,300
MARK = "\0"  # between a repeated name and the number of the copy; no name has it


def read_document(text: str) -> Any:
    """The document of a JSON text; of fields with the same name the later ones are marked.

    Raises:
        json.JSONDecodeError: it is no JSON.

    >>> [written(name) for name in read_document('{"y": 1, "y": 2}')]
    ['y', 'y']
    """
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError:
        raise
    except ValueError as problem:  # Python converts no number of more digits
        found = TOO_LONG.search(text)
        begin = found.start() if found else 0
        raise json.JSONDecodeError("a number has too many digits", text, begin) from problem


def marked(names: Sequence[str]) -> list[str]:
    """Different names: a name that stood before has a mark and a number.

    >>> marked(["day", "y", "y"])
    ['day', 'y', 'y\\x002']
    """
    times: dict[str, int] = {}
    made = []
    for name in names:
        times[name] = times.get(name, 0) + 1
        made.append(name if times[name] == 1 else f"{name}{MARK}{times[name]}")
    return made


def written(name: str) -> str:
    """The name as it stands in the document."""
    plain, mark, number = name.rpartition(MARK)
    return plain if mark and number.isdigit() else name


def _object(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(fields)
    if len(found) == len(fields):
        return found
    return dict(
        zip(marked([name for name, _ in fields]), (cell for _, cell in fields), strict=True)
    )
