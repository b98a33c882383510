"""Measures all shapes with one number of threads, as rows of the report."""

from dataclasses import replace

import torch

from benchmarks.common.measure import show_progress, timed
from benchmarks.common.report import Row
from benchmarks.layers import machine_limits
from benchmarks.layers.cases import MODES, Case, Mode
from benchmarks.layers.implementations import onnx_runtime
from benchmarks.layers.implementations.streaming import time_streaming
from benchmarks.layers.implementations.workload import (
    Workload,
    largest_difference,
    require_agreement,
)
from benchmarks.layers.machine_limits import MachineLimit
from benchmarks.layers.memory import TrainingMemory
from benchmarks.layers.request import LayersRequest
from benchmarks.layers.timing import Call, Quartiles, RoundTimings, TimingPlan, time_in_turns
from gated.ops.recurrence import Kind

__all__ = ["measure", "memory_row"]

_ONNX_TOLERANCE = 1e-3  # its sigmoid and tanh are approximations


def measure(request: LayersRequest, threads: int) -> dict[str, list[Row]]:
    """Rows of cells, machine limits and streams; this process's torch uses `threads` threads.

    Raises:
        GatedError: results of gated.nn and torch.nn differ.
    """
    plan = request.plan
    products = machine_limits.matrix_products(plan)
    bandwidths = machine_limits.bandwidths(plan)
    cells: list[Row] = []
    for kind in request.kinds:
        cases = [case for case in request.cases if case.kind == kind]
        for number, case in enumerate(cases, 1):
            show_progress(f"{number}/{len(cases)} {case}, threads: {threads}")
            cells += [_measure_cell(case, mode, threads, plan) for mode in MODES]
        products += machine_limits.matrix_products(plan)  # the machine's speed drifts
    peaks: dict[str, MachineLimit] = {}
    for one in sorted(products, key=lambda one: one.rate):
        peaks[one.what] = one
    fastest = max(one.rate for one in products)
    for cell in cells:
        rate = float(str(cell["gflops"]))
        cell["of_peak"] = 100 * rate / fastest
        cell["of_mm"] = 100 * rate / peaks[machine_limits.MM].rate
    streams = [row for kind in request.kinds for row in _stream_rows(kind, threads, plan)]
    return {
        "cells": cells,
        "limits": [
            {"what": one.what, "threads": threads, "rate": one.rate, "unit": one.unit}
            for one in (*peaks.values(), *bandwidths)
        ],
        "streams": streams,
    }


def _measure_cell(case: Case, mode: Mode, threads: int, plan: TimingPlan) -> Row:
    """Compare the results of one shape in one mode, then time it."""
    workload = Workload.of(case)
    calls = workload.calls(mode)
    results, first = {}, {}
    for name, call in calls.items():
        results[name], first[name] = timed(call)
    difference = require_agreement(f"{case}, {mode}", results["ours"], results["torch"])
    results.clear()  # a large shape has gigabytes of results
    timings = time_in_turns(calls, plan, first)
    row = _cell_row(case, mode, threads, timings, difference)
    if mode == "forward" and onnx_runtime.is_installed():
        row |= _onnx_columns(workload, threads, plan)
    return row


def _onnx_columns(workload: Workload, threads: int, plan: TimingPlan) -> Row:
    """Time gated.nn and ONNX Runtime in turn, apart from torch.nn.

    The threads of ONNX Runtime are not torch's. They spin for some 40 ms when their work is done,
    and would double the seconds of the next implementation.
    """
    case = workload.case
    session = onnx_runtime.Session(case.kind, workload.theirs, threads)
    x, zero = workload.x.detach(), torch.zeros(1, case.batch, case.hidden_size)
    state = (zero, zero) if case.kind == "lstm" else (zero,)
    forward = workload.calls("forward")["ours"]
    calls: dict[str, Call] = {"ours": forward, "onnx": lambda: session.run(x, state)}
    ours, our_seconds = timed(forward)
    (output, _), onnx_seconds = timed(session.run, x, state)
    if not largest_difference([output], ours) <= _ONNX_TOLERANCE:
        show_progress(f"{case}: the result of ONNX Runtime differs, it is not timed")
        return {}
    with_pauses = replace(plan, pause=0.06, warm_up=0.005)
    timings = time_in_turns(calls, with_pauses, {"ours": our_seconds, "onnx": onnx_seconds})
    onnx = timings.of("onnx")
    return {
        "onnx_ms": 1e3 * onnx.median,
        "onnx_q1_ms": 1e3 * onnx.q1,
        "onnx_q3_ms": 1e3 * onnx.q3,
        "onnx_ratio": timings.ratio("onnx", "ours").median,
    }


def _cell_row(
    case: Case, mode: Mode, threads: int, timings: RoundTimings, difference: float
) -> Row:
    ours, ratio = timings.of("ours"), timings.ratio("torch", "ours")
    row: Row = {
        **_shape_columns(case),
        "mode": mode,
        "threads": threads,
        "rounds": len(timings.seconds["ours"]),
        "difference": difference,
        "intensity": case.intensity(mode),
        "gflops": case.flops(mode) / ours.median / 1e9,
        "torch_gflops": case.flops(mode) / timings.of("torch").median / 1e9,
        "ratio": ratio.median,
        "ratio_q1": ratio.q1,
        "ratio_q3": ratio.q3,
        "spread": _spread_percent(ratio),
    }
    for name in timings.seconds:
        quartiles = timings.of(name)
        row[f"{name}_ms"] = 1e3 * quartiles.median
        row[f"{name}_q1_ms"] = 1e3 * quartiles.q1
        row[f"{name}_q3_ms"] = 1e3 * quartiles.q3
    return row


def _stream_rows(kind: Kind, threads: int, plan: TimingPlan) -> list[Row]:
    show_progress(f"streaming steps of {kind.upper()}, threads: {threads}")
    streaming = time_streaming(kind, threads, plan)
    rows: list[Row] = []
    for name in streaming.timings.seconds:
        seconds = streaming.timings.of(name)
        ratio = streaming.timings.ratio(name, streaming.ours)
        rows.append(
            {
                "kind": kind,
                "what": name,
                "threads": threads,
                "us": 1e6 * seconds.median,
                "spread": _spread_percent(seconds),
                "ratio": ratio.median,
            }
        )
    return rows


def memory_row(memory: TrainingMemory, threads: int) -> Row:
    """The memory of one shape as a row."""
    return {
        **_shape_columns(memory.case),
        "threads": threads,
        "ours_mb": memory.ours,
        "recomputed_mb": memory.recomputed,
        "torch_mb": memory.torch,
        "ratio": memory.ours / memory.torch if memory.torch > 0 else None,
    }


def _shape_columns(case: Case) -> Row:
    return {
        "kind": case.kind,
        "T": case.steps,
        "B": case.batch,
        "I": case.input_size,
        "H": case.hidden_size,
    }


def _spread_percent(quartiles: Quartiles) -> float:
    """Half the difference of the quartiles, in percent of the median."""
    return 50 * (quartiles.q3 - quartiles.q1) / quartiles.median
