"""The examples of docstrings as the reference of the site shows them."""

import runpy
from pathlib import Path

import pytest

pytest.importorskip("griffe", reason="griffe comes with `make docs`")
EXTENSION = Path(__file__).parents[2] / "tools/docs/doctest_blocks.py"

DOCSTRING = """Doubles.

>>> double(2)
4
>>> for number in (1, 2):
...     double(number)
2
4

More.

Example:
    >>> double(3)
    6
"""


def test_every_example_becomes_one_block() -> None:
    fenced = runpy.run_path(str(EXTENSION))["fenced"](DOCSTRING)
    assert fenced.count("```pycon\n") == 2
    assert "```pycon\n>>> double(2)\n4\n>>> for number" in fenced
    assert "2\n4\n```\n\nMore." in fenced
    assert "    ```pycon\n    >>> double(3)\n    6\n    ```\n" in fenced
