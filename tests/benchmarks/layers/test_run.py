"""A complete run on tiny shapes. No figure of time is asserted."""

import json

import pytest

from benchmarks.layers.cases import MODES
from benchmarks.layers.implementations import onnx_runtime
from tests.benchmarks.layers.example_runs import TINY


def test_cells_limits_streams_memory_and_means_are_reported(report):
    content = json.loads(report.to_json())
    assert content["backend"].startswith("gru ")
    assert content["machine"]["threads"] == "1"
    forward, training = content["cells"]
    assert (forward["mode"], training["mode"]) == MODES
    for cell in (forward, training):
        assert cell["ours_q1_ms"] <= cell["ours_ms"] <= cell["ours_q3_ms"]
        assert cell["gflops"] == pytest.approx(TINY.flops(cell["mode"]) / cell["ours_ms"] / 1e6)
        assert cell["difference"] < 1e-5
        assert 0 < cell["of_peak"] <= cell["of_mm"]
    assert ("onnx_ratio" in forward) is onnx_runtime.is_installed()
    assert "onnx_ratio" not in training
    assert {"torch.mm", "memory"} <= {row["what"] for row in content["limits"]}
    assert all(row["rate"] is None or row["rate"] > 0 for row in content["limits"])
    assert content["streams"][0]["ratio"] == 1.0
    assert content["memory"][0]["T"] == 5
    assert content["means"][0]["what"] == "every cell"  # H 6 belongs to no other group
