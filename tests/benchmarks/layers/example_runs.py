"""A fast timing plan, a tiny shape, and rows of cells."""

import pytest

from benchmarks.layers.cases import Case
from benchmarks.layers.implementations import onnx_runtime
from benchmarks.layers.timing import TimingPlan

FAST = TimingPlan(budget=0.0, sample=0.0, pause=0.0, min_rounds=3)
TINY = Case("gru", 5, 3, 4, 6)


def require_onnx():
    if not onnx_runtime.is_installed():
        pytest.skip("onnx and onnxruntime are optional: benchmarks/layers/requirements.txt")


def cell(kind, mode, sizes, ratio, threads=2):
    shape = dict(zip("TBIH", sizes, strict=True))
    figures = {"ratio": ratio, "of_peak": 50.0, "of_mm": 80.0, "gflops": 9.0, "torch_gflops": 3.0}
    return {"kind": kind, "mode": mode, **shape, "threads": threads, "intensity": 0.5, **figures}


CELLS = [
    cell("gru", "training", (24, 32, 8, 128), 2.0),
    cell("rnn", "training", (24, 1, 8, 64), 8.0),
    cell("gru", "training", (24, 1, 8, 200), 1.5),  # between the two groups of the GRU
    cell("lstm", "training", (24, 1, 8, 64), 3.0),
    cell("gru", "forward", (24, 1, 8, 256), 0.5),
    cell("gru", "forward", (24, 1, 8, 256), 5.0, threads=1),
]
