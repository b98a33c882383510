"""Both implementations have the same weights, input and results."""

import math

import pytest
import torch

from benchmarks.layers.cases import KINDS, MODES, Case
from benchmarks.layers.implementations.workload import Workload, require_agreement
from gated.errors import GatedError


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_both_implementations_return_the_same(kind, mode):
    workload = Workload.of(Case(kind, 7, 3, 4, 5))
    ours, theirs = (call() for call in workload.calls(mode).values())
    assert len(ours) == (1 if mode == "forward" else 1 + 1 + 4)  # output, x, four weights
    assert require_agreement("both", ours, theirs) < 1e-5
    assert ours[0].requires_grad is False


@pytest.mark.parametrize("factor", [1.001, math.nan])
def test_different_results_are_an_error(factor):
    right = torch.ones(3)
    with pytest.raises(GatedError, match="GRU, training: the two results differ"):
        require_agreement("GRU, training", [right, right * factor], [right, right])
