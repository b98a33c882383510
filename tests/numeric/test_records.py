"""Conversion of the arrays in a dataclass."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from gated.numeric import converted


@dataclass(frozen=True)
class Inner:
    x: Any


@dataclass(frozen=True)
class Outer:
    inner: Inner
    y: Any
    name: str
    count: int
    nothing: None = None


def test_every_array_is_converted_and_nothing_else() -> None:
    record = Outer(Inner(np.ones(2)), np.zeros(3, np.int64), "a", 7)
    found = converted(record, torch.from_numpy)
    assert torch.equal(found.inner.x, torch.ones(2, dtype=torch.float64))
    assert torch.equal(found.y, torch.zeros(3, dtype=torch.int64))
    assert (found.name, found.count, found.nothing) == ("a", 7, None)
    back = converted(found, lambda tensor: tensor.numpy())
    assert isinstance(back.inner.x, np.ndarray)
    assert isinstance(record.inner.x, np.ndarray)  # the record itself does not change
