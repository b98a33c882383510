"""Compares `gated.nn` with `torch.nn`, and with ONNX Runtime where it is installed.

For each number of threads one new process times all implementations in turn; each memory figure
has a new process, too. Results are compared before they are timed.
"""

import time
from collections.abc import Mapping
from importlib.metadata import version

from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Report, Row
from benchmarks.layers.implementations import onnx_runtime
from benchmarks.layers.implementations.streaming import BATCH, HIDDEN, INPUT
from benchmarks.layers.implementations.workload import backend_of
from benchmarks.layers.measured_rows import measure, memory_row
from benchmarks.layers.memory import training_memory
from benchmarks.layers.request import LayersRequest
from benchmarks.layers.results.layers_report import layers_report
from gated.ops.cpu import extension

__all__ = ["run"]


def run(request: LayersRequest) -> Report:
    """Measure every shape, stream and memory figure of a request.

    Raises:
        GatedError: results of gated.nn and torch.nn differ.
    """
    described = machine(threads=None) | {"threads": ", ".join(map(str, request.threads))}
    if onnx_runtime.is_installed():
        described["onnxruntime"] = version("onnxruntime")
    begin = time.perf_counter()
    tables: dict[str, list[Row]] = {"cells": [], "limits": [], "streams": [], "memory": []}
    most = max(request.threads)
    for case in request.memory_cases:  # first, so that a shape without enough memory fails early
        show_progress(f"memory of {case}, threads: {most}")
        tables["memory"].append(memory_row(training_memory(case, most), most))
    for threads in request.threads:
        for key, rows in in_fresh_process(threads, measure, request, threads).items():
            tables[key] += rows
    facts: Mapping[str, str | int | bool] = {
        "grid": request.grid,
        "backend": ", ".join(f"{kind} {backend_of(kind)}" for kind in request.kinds),
        "instruction_set": extension.instruction_set() or "none",
        "dtype": "float32",
        "minutes": round((time.perf_counter() - begin) / 60),
    }
    return layers_report(facts, described, tables, _notes(request))


def _notes(request: LayersRequest) -> list[str]:
    plan = request.plan
    notes = [
        f"ms: medians of {plan.min_rounds} to {plan.max_rounds} rounds, in each of which all "
        "implementations are timed in turn. ratio: the median of the rounds' ratios; ±: half the "
        "difference of its quartiles, in percent of it.",
        "Training is forward and backward, with the gradients of x and of every weight.",
        "GFLOP/s counts the matrix products only: 2·G·H·(I+H)·T·B forward, three times that in "
        "training. The peak is the fastest square matrix product of this run with as many "
        "threads, by BLAS (torch.mm) or by oneDNN.",
        f"A stream has H {HIDDEN}, I {INPUT}, batch {BATCH}; the goal is 10 µs per step, the aim "
        "5 µs.",
    ]
    if all(backend_of(kind) == "torch" for kind in request.kinds):
        notes.append(
            "gated.nn used torch's kernels in this run, so ratios near 1 are expected. `gated "
            "doctor` shows whether the C++ recurrences are installed, and how to install them."
        )
    if not onnx_runtime.is_installed():
        notes.append(
            "ONNX Runtime is not installed and not timed: `pip install -r "
            "benchmarks/layers/requirements.txt` installs it."
        )
    return notes
