"""The backends as parameters of tests: one that is not there is skipped, and says why."""

from typing import Any

import pytest

from gated.ops import BACKENDS
from gated.ops.recurrence import Recurrence

__all__ = ["as_parameter", "by_backend", "is_there"]


def is_there(name: str) -> bool:
    """Whether a backend can compute anything here."""
    return BACKENDS[name].supports(Recurrence("gru"))


def as_parameter(name: str, *others: Any, **options: Any) -> Any:
    """`name`, last of the values of one test, which is skipped where the backend is not there."""
    reason = f'the backend "{name}" is not there: {BACKENDS[name].why_not()}'
    return pytest.param(
        *others, name, marks=pytest.mark.skipif(not is_there(name), reason=reason), **options
    )


by_backend = pytest.mark.parametrize("backend", [as_parameter(name) for name in BACKENDS])
