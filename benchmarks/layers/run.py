"""The recurrences against torch.nn, and against ONNX Runtime where it is installed.

Each number of threads has a process of its own, in which all sides run in turn; each figure of
memory has one too. Nothing is timed before the two sides have agreed on the same numbers.
"""

import time
from collections.abc import Mapping
from importlib.metadata import version

from benchmarks.common.measure import in_fresh_process, machine
from benchmarks.common.report import Report
from benchmarks.layers.implementations import onnx_runtime
from benchmarks.layers.implementations.streaming import BATCH, HIDDEN, INPUT
from benchmarks.layers.implementations.workload import backend_of
from benchmarks.layers.memory import training_peaks
from benchmarks.layers.request import Request
from benchmarks.layers.results.layer_report import as_report
from benchmarks.layers.rows import Row, measure, memory_row, tell
from gated.ops.cpu import extension

__all__ = ["Request", "run"]


def run(request: Request) -> Report:
    """Measure everything that was asked for.

    Raises:
        GatedError: gated.nn and torch.nn disagree.
    """
    where = machine(threads=None) | {"threads": ", ".join(map(str, request.threads))}
    if onnx_runtime.is_installed():
        where["onnxruntime"] = version("onnxruntime")
    begin = time.perf_counter()
    tables: dict[str, list[Row]] = {"cells": [], "limits": [], "streams": [], "memory": []}
    most = max(request.threads)
    for case in request.memory_cases:  # first: too large a case fails before the long part
        tell(f"memory of {case}, threads: {most}")
        tables["memory"].append(memory_row(training_peaks(case, most), most))
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
    return as_report(facts, where, tables, _notes(request))


def _notes(request: Request) -> list[str]:
    notes = [
        f"ms: medians of {request.pace.at_least} to {request.pace.at_most} rounds in which the "
        "sides take turns. ratio: the median of the rounds' own ratios; ±: half the distance of "
        "its quartiles, in percent of it.",
        "Training is forward and backward, with the gradients of x and of every weight.",
        "GFLOP/s counts the matrix products only: 2·G·H·(I+H)·T·B forward, three times that in "
        "training. The peak is the fastest square matrix product of this run with as many "
        "threads, by BLAS (torch.mm) or by oneDNN.",
        f"A stream has H {HIDDEN}, I {INPUT}, batch {BATCH}; its goal is 10 µs a step, its aim 5.",
    ]
    if all(backend_of(kind) == "torch" for kind in request.kinds):
        notes.append(
            "gated.nn ran torch's own kernels here, so ratios near 1 are expected. `gated doctor` "
            "says whether the C++ recurrences are there, and how to get them."
        )
    if not onnx_runtime.is_installed():
        notes.append(
            "ONNX Runtime is not installed and not timed: `pip install -r "
            "benchmarks/layers/requirements.txt` installs it."
        )
    return notes
