"""The examples in the docstrings of the recurrences run and print the stated output."""

import doctest
from importlib import import_module

import pytest

MODULES = [
    "gated.nn.cells",
    "gated.nn.convert",
    "gated.nn.layers",
    "gated.nn.minimal",
    "gated.nn.recurrent.base",
    "gated.nn.recurrent.truncated",
    "gated.ops.dispatch",
    "gated.ops.functional",
    "gated.ops.minimal.functional",
]


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
