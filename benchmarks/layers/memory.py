"""By how much a training step raises the memory of its process, in a process of its own."""

import os
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.common.measure import in_fresh_process, peak_memory_mb
from benchmarks.layers.cases import Case
from benchmarks.layers.implementations.workload import Problem

__all__ = ["FULL", "QUICK", "Peaks", "training_peaks"]

FULL = (
    *(Case(kind, 512, 64, 32, 256) for kind in ("rnn", "lstm", "gru")),
    Case("gru", 128, 256, 128, 512),
    Case("lstm", 128, 256, 128, 512),
    *(Case(kind, 100_000, 1, 8, 64) for kind in ("rnn", "lstm", "gru")),
)
"""A long batch, a wide one, and one endless sequence."""

QUICK = (Case("gru", 128, 32, 32, 128), Case("gru", 5_000, 1, 8, 64))

_SMALL = (4, 2)  # steps and batch of the step that brings libraries and threads to life


@dataclass(frozen=True)
class Peaks:
    """Peak memory of one training step beyond what weights, x and ∂L/∂output take.

    Attributes:
        case: its shape.
        ours: MB (10⁶ bytes) of gated.nn.
        recomputed: MB of gated.nn with recompute=True.
        torchs: MB of torch.nn.
    """

    case: Case
    ours: float
    recomputed: float
    torchs: float


def training_peaks(case: Case, threads: int) -> Peaks:
    """Measure all three, each in a process of its own."""
    return Peaks(
        case,
        ours=in_fresh_process(threads, _rise, case, "ours", False),
        recomputed=in_fresh_process(threads, _rise, case, "ours", True),
        torchs=in_fresh_process(threads, _rise, case, "torch", False),
    )


def _rise(case: Case, side: str, recompute: bool) -> float:
    """MB that the first training step of this size adds; what it frees on the way counts not."""
    small = Case(case.kind, *_SMALL, case.input_size, case.hidden_size)
    Problem.of(small, recompute=recompute).calls("training")[side]()
    call = Problem.of(case, recompute=recompute).calls("training")[side]
    before = _restart_peak()
    kept = call()
    rise = peak_memory_mb() - before
    if not all(torch.isfinite(one).all() for one in kept):
        raise RuntimeError(f"{case}: the step gave values that are not finite.")
    return rise


def _restart_peak() -> float:
    """Let the peak begin anew at what is held now, where the system can; MB held, or the peak."""
    restart = Path("/proc/self/clear_refs")
    if os.access(restart, os.W_OK):
        restart.write_text("5")  # Linux: VmHWM becomes VmRSS
    return peak_memory_mb()
