"""Times `gated.scale.fit` with several numbers of workers, and reports their memory."""

import resource
import time
from pathlib import Path

from benchmarks.common.measure import in_fresh_process, show_progress
from benchmarks.common.report import Column, Row, Sheet
from benchmarks.scale.request import ScaleRequest
from gated import Forecaster, scale
from gated.scale import JobProgress

__all__ = ["training"]


def training(request: ScaleRequest, folder: Path) -> list[Sheet]:
    """Train on the same table with several numbers of workers."""
    rows: list[Row] = []
    base = 0.0
    for workers in request.workers:
        show_progress(f"{workers} workers")
        whole, trained, peak, ratio = in_fresh_process(1, _fit, request, folder, workers)
        base = base or trained
        rows.append(
            {
                "workers": workers,
                "speedup": base / trained,
                "seconds": whole,
                "trained": trained,
                "peak": peak,
                "error": ratio,
            }
        )
    columns = [
        Column("workers", "workers"),
        Column("speedup", "speed-up of the training", 2),
        Column("seconds", "s", 1),
        Column("trained", "of these training, s", 1),
        Column("peak", "peak MB of a worker", 0),
        Column("error", "error / without training", 3),
    ]
    return [Sheet("training", "Training on several workers, lower is better", columns, rows)]


def _fit(request: ScaleRequest, folder: Path, workers: int) -> tuple[float, float, float, float]:
    """Seconds of the call and of its training, peak memory, and the ratio of held-out errors."""
    begun, trains_since = time.monotonic(), float("nan")

    def follow(step: JobProgress) -> None:
        nonlocal trains_since
        if step.stage == "train" and not step.done:
            trains_since = time.monotonic()

    model = Forecaster(h=request.horizon, training="tune", max_steps=request.max_steps)
    fitted = scale.fit(
        folder / "in",
        model=model,
        workers=workers,
        work=folder / f"work-{workers}",
        engine=request.engine,
        rows_per_bucket=min(request.rows_per_bucket, 100_000),
        progress=follow,
    )
    ended = time.monotonic()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return ended - begun, ended - trains_since, peak, _ratio(fitted)


def _ratio(fitted: Forecaster) -> float:
    """The held-out error of the trained network over that of the pretrained one."""
    instead = fitted.verdict_.instead
    return instead["training"] if "training" in instead else 1 / instead["no training"]
