"""Rows of one process: a wrong result is not timed, ONNX Runtime is optional."""

import pytest

import gated.nn
from benchmarks.layers import machine_limits
from benchmarks.layers.cases import MODES
from benchmarks.layers.implementations import onnx_runtime, workload
from benchmarks.layers.measured_rows import measure
from benchmarks.layers.request import LayersRequest
from gated.errors import GatedError
from tests.benchmarks.layers.example_runs import FAST, TINY


def test_a_wrong_layer_ends_the_run(monkeypatch):
    class Wrong(gated.nn.GRU):
        def forward(self, input, hx=None):
            output, h_n = super().forward(input, hx)
            return output * 1.01, h_n

    monkeypatch.setitem(workload._OURS, "gru", Wrong)
    monkeypatch.setattr(machine_limits, "_PRODUCTS", (8,))
    request = LayersRequest([TINY], [], ["gru"], [1], FAST, grid="tiny")
    with pytest.raises(GatedError, match="GRU T 5 B 3 I 4 H 6, forward"):
        measure(request, 1)


def test_without_onnx_runtime_its_columns_are_empty(monkeypatch):
    monkeypatch.setattr(onnx_runtime, "is_installed", lambda: False)
    monkeypatch.setattr(machine_limits, "_PRODUCTS", (8,))
    monkeypatch.setattr(machine_limits, "bandwidths", lambda plan: [])
    tables = measure(LayersRequest([TINY], [], ["gru"], [1], FAST, grid="tiny"), 1)
    assert [row["mode"] for row in tables["cells"]] == list(MODES)
    assert not any("onnx_ms" in row for row in tables["cells"])
    assert not any("ONNX" in row["what"] for row in tables["streams"])
