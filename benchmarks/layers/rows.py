"""One process's part of a run: check, time, and write down as rows of the report."""

import sys
from dataclasses import replace

import torch

from benchmarks.common.measure import timed
from benchmarks.common.report import Value
from benchmarks.layers import limits
from benchmarks.layers.cases import MODES, Case, Mode
from benchmarks.layers.implementations import onnx_runtime
from benchmarks.layers.implementations.streaming import stream
from benchmarks.layers.implementations.workload import Problem, differ, require_agreement
from benchmarks.layers.memory import Peaks
from benchmarks.layers.request import Request
from benchmarks.layers.timing import Call, Pace, Quartiles, Rounds, interleaved
from gated.ops.recurrence import Kind

__all__ = ["Row", "measure", "memory_row", "tell"]

Row = dict[str, Value]

_ONNX_TOLERANCE = 1e-3  # its sigmoid and tanh are approximations


def measure(request: Request, threads: int) -> dict[str, list[Row]]:
    """Cells, limits and streams, in this process, where torch uses `threads` threads.

    Raises:
        GatedError: gated.nn and torch.nn disagree.
    """
    pace = request.pace
    products = limits.matrix_products(pace)
    roofs = limits.bandwidths(pace)
    cells: list[Row] = []
    for kind in request.kinds:
        cases = [case for case in request.cases if case.kind == kind]
        for number, case in enumerate(cases, 1):
            tell(f"{number}/{len(cases)} {case}, threads: {threads}")
            cells += [_cell(case, mode, threads, pace) for mode in MODES]
        products += limits.matrix_products(pace)  # the machine drifts: the best of all moments
    peaks: dict[str, limits.Limit] = {}
    for one in sorted(products, key=lambda one: one.rate):
        peaks[one.what] = one
    fastest = max(one.rate for one in products)
    for cell in cells:
        rate = float(str(cell["gflops"]))
        cell["of_peak"], cell["of_mm"] = 100 * rate / fastest, 100 * rate / peaks[limits.MM].rate
    streams = [row for kind in request.kinds for row in _stream_rows(kind, threads, pace)]
    return {
        "cells": cells,
        "limits": [
            {"what": one.what, "threads": threads, "rate": one.rate, "unit": one.unit}
            for one in (*peaks.values(), *roofs)
        ],
        "streams": streams,
    }


def _cell(case: Case, mode: Mode, threads: int, pace: Pace) -> Row:
    """Check, then time, one case in one mode."""
    problem = Problem.of(case)
    sides = problem.calls(mode)
    results, first = {}, {}
    for side, call in sides.items():
        results[side], first[side] = timed(call)
    difference = require_agreement(f"{case}, {mode}", results["ours"], results["torch"])
    results.clear()  # of a large case, gigabytes
    rounds = interleaved(sides, pace, first)
    row = _cell_row(case, mode, threads, rounds, difference)
    if mode == "forward" and onnx_runtime.is_installed():
        row |= _onnx_columns(problem, threads, pace)
    return row


def _onnx_columns(problem: Problem, threads: int, pace: Pace) -> Row:
    """Against ONNX Runtime, in rounds of their own: its threads are not those of torch.

    They go on spinning for some 40 ms when their work is done, and double the seconds of whatever
    comes next.
    """
    case = problem.case
    session = onnx_runtime.Session(case.kind, problem.theirs, threads)
    x, zero = problem.x.detach(), torch.zeros(1, case.batch, case.hidden_size)
    state = (zero, zero) if case.kind == "lstm" else (zero,)
    forward = problem.calls("forward")["ours"]
    calls: dict[str, Call] = {"ours": forward, "onnx": lambda: session.run(x, state)}
    ours, mine = timed(forward)
    (output, _), theirs = timed(session.run, x, state)
    if not differ([output], ours) <= _ONNX_TOLERANCE:
        tell(f"{case}: ONNX Runtime differs; it is not timed")
        return {}
    rested = replace(pace, rest=0.06, settle=0.005)
    rounds = interleaved(calls, rested, {"ours": mine, "onnx": theirs})
    onnx = rounds.of("onnx")
    return {
        "onnx_ms": 1e3 * onnx.median,
        "onnx_q1_ms": 1e3 * onnx.q1,
        "onnx_q3_ms": 1e3 * onnx.q3,
        "onnx_ratio": rounds.ratio("onnx", "ours").median,
    }


def _cell_row(case: Case, mode: Mode, threads: int, rounds: Rounds, difference: float) -> Row:
    ours, ratio = rounds.of("ours"), rounds.ratio("torch", "ours")
    row: Row = {
        "kind": case.kind,
        "T": case.steps,
        "B": case.batch,
        "I": case.input_size,
        "H": case.hidden_size,
        "mode": mode,
        "threads": threads,
        "rounds": len(rounds.seconds["ours"]),
        "difference": difference,
        "intensity": case.intensity(mode),
        "gflops": case.flops(mode) / ours.median / 1e9,
        "torch_gflops": case.flops(mode) / rounds.of("torch").median / 1e9,
        "ratio": ratio.median,
        "ratio_q1": ratio.q1,
        "ratio_q3": ratio.q3,
        "spread": _spread(ratio),
    }
    for side in rounds.seconds:
        quartiles = rounds.of(side)
        row[f"{side}_ms"] = 1e3 * quartiles.median
        row[f"{side}_q1_ms"] = 1e3 * quartiles.q1
        row[f"{side}_q3_ms"] = 1e3 * quartiles.q3
    return row


def _stream_rows(kind: Kind, threads: int, pace: Pace) -> list[Row]:
    tell(f"streaming steps of {kind.upper()}, threads: {threads}")
    streamed = stream(kind, threads, pace)
    rows: list[Row] = []
    for way in streamed.rounds.seconds:
        taken = streamed.rounds.of(way)
        ratio = streamed.rounds.ratio(way, streamed.ours)
        rows.append(
            {
                "kind": kind,
                "what": way,
                "threads": threads,
                "us": 1e6 * taken.median,
                "spread": _spread(taken),
                "ratio": ratio.median,
            }
        )
    return rows


def memory_row(peaks: Peaks, threads: int) -> Row:
    """The peaks of one case as a row."""
    case = peaks.case
    return {
        "kind": case.kind,
        "T": case.steps,
        "B": case.batch,
        "I": case.input_size,
        "H": case.hidden_size,
        "threads": threads,
        "ours_mb": peaks.ours,
        "recomputed_mb": peaks.recomputed,
        "torch_mb": peaks.torchs,
        "ratio": peaks.ours / peaks.torchs if peaks.torchs > 0 else None,
    }


def _spread(quartiles: Quartiles) -> float:
    """Half the distance of the quartiles, in percent of the median."""
    return 50 * (quartiles.q3 - quartiles.q1) / quartiles.median


def tell(words: str) -> None:
    """Say how far it is; stdout is for the figures."""
    print(words, file=sys.stderr, flush=True)
