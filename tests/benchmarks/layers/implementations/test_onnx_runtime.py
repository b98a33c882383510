"""ONNX Runtime computes what torch computes."""

import pytest
import torch

from benchmarks.layers.cases import KINDS
from benchmarks.layers.implementations.onnx_runtime import Session
from benchmarks.layers.implementations.workload import layer_pair
from tests.benchmarks.layers.example_runs import require_onnx


@pytest.mark.parametrize("kind", KINDS)
def test_output_and_state_equal_those_of_torch(kind):
    require_onnx()
    _, layer = layer_pair(kind, 4, 6)
    x = torch.randn(5, 3, 4)
    state = tuple(torch.randn(1, 3, 6) for _ in range(2 if kind == "lstm" else 1))
    with torch.no_grad():
        expected, last = layer(x, state if kind == "lstm" else state[0])
    output, final = Session(kind, layer, threads=1).run(x, state)
    torch.testing.assert_close(output, expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(final[0], last[0] if kind == "lstm" else last, atol=1e-5, rtol=1e-4)
