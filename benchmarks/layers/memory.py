"""Measures the memory that one training step adds to a new process."""

import os
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.common.measure import in_fresh_process, peak_memory_mb
from benchmarks.layers.cases import Case
from benchmarks.layers.implementations.workload import Workload
from gated.errors import GatedError

__all__ = ["FULL", "QUICK", "TrainingMemory", "training_memory"]

FULL = (
    *(Case(kind, 512, 64, 32, 256) for kind in ("rnn", "lstm", "gru")),
    Case("gru", 128, 256, 128, 512),
    Case("lstm", 128, 256, 128, 512),
    *(Case(kind, 100_000, 1, 8, 64) for kind in ("rnn", "lstm", "gru")),
)
"""Long batches, wide batches, and single sequences of 100,000 steps."""

QUICK = (Case("gru", 128, 32, 32, 128), Case("gru", 5_000, 1, 8, 64))

_WARM_UP = (4, 2)  # steps and batch of a first step, which loads libraries and starts threads


@dataclass(frozen=True)
class TrainingMemory:
    """Memory that one training step adds, in MB (10⁶ bytes); weights, x, ∂L/∂output excluded.

    Attributes:
        case: its shape.
        ours: of gated.nn.
        recomputed: of gated.nn with recompute=True.
        torch: of torch.nn.
    """

    case: Case
    ours: float
    recomputed: float
    torch: float


def training_memory(case: Case, threads: int) -> TrainingMemory:
    """Measure all three, each in a new process."""
    return TrainingMemory(
        case,
        ours=in_fresh_process(threads, _added_mb, case, "ours", False),
        recomputed=in_fresh_process(threads, _added_mb, case, "ours", True),
        torch=in_fresh_process(threads, _added_mb, case, "torch", False),
    )


def _added_mb(case: Case, implementation: str, recompute: bool) -> float:
    """MB by which the first training step of this shape raises the peak memory."""
    warm_up = Case(case.kind, *_WARM_UP, case.input_size, case.hidden_size)
    Workload.of(warm_up, recompute=recompute).calls("training")[implementation]()
    call = Workload.of(case, recompute=recompute).calls("training")[implementation]
    before = _reset_peak()
    results = call()
    added = peak_memory_mb() - before
    if not all(torch.isfinite(one).all() for one in results):
        raise GatedError(
            f"{case}: the training step of {implementation} returned values that are not finite. "
            "Expected finite values. Run `gated doctor` and the tests."
        )
    return added


def _reset_peak() -> float:
    """Reset the peak memory to the memory in use, where the system can; return the peak in MB."""
    reset = Path("/proc/self/clear_refs")
    if os.access(reset, os.W_OK):
        reset.write_text("5")  # Linux: VmHWM becomes VmRSS
    return peak_memory_mb()
