"""Converts the examples of docstrings to code blocks for the reference (an extension of griffe).

Docstrings contain examples in the form of doctest, from ">>>" to an empty line; in Markdown ">"
starts a quotation.
"""

import re
from typing import Any

from griffe import Extension, Object

_EXAMPLE = re.compile(r"^( *)>>> .*\n?(?:\1\S.*\n?|\1 .*\n?)*", re.MULTILINE)


class DoctestBlocks(Extension):
    """Adds fences around every example."""

    def on_object(self, *, obj: Object, **kwargs: Any) -> None:
        """Rewrite the docstring of one module, class, function or attribute."""
        if obj.docstring is not None:
            obj.docstring.value = fenced(obj.docstring.value)


def fenced(docstring: str) -> str:
    """Return the docstring with fences around its examples."""
    return _EXAMPLE.sub(_fence, docstring)


def _fence(match: re.Match[str]) -> str:
    indent, example = match[1], match[0].rstrip("\n")
    return f"{indent}```pycon\n{example}\n{indent}```\n"
