"""Runs jobs of `gated.scale` on a made table, and reports seconds, memory and lost series."""

import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.compute as pc
from pyarrow import parquet

from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet
from benchmarks.scale.frames import forecast_as_frame
from benchmarks.scale.request import FRAMES, ScaleRequest
from benchmarks.scale.tables import write_table
from benchmarks.scale.training import training
from gated import Forecaster, scale
from gated.scale import JobProgress, ScaledForecast
from gated.scale.engines.local import LocalEngine
from gated.scale.jobs.measured import STAGES

__all__ = ["run"]

_SPEED = (
    Column("workers", "workers"),
    Column("speedup", "speed-up", 2),
    Column("seconds", "s", 1),
    Column("rows", "rows/s per worker", 0),
    Column("series", "series/s per worker", 0),
    Column("bytes", "MB/s per worker", 2),
)


def run(request: ScaleRequest) -> Report:
    """Write the table and measure the requested part."""
    described = machine(1)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        show_progress("writing the table")
        write_table(request, folder / "in")
        sheets = _PARTS[request.part](request, folder)
    facts: dict[str, str | int | bool] = {
        "part": request.part,
        "table": request.table,
        "series": request.series,
        "steps": request.steps,
        "horizon": request.horizon,
        "files": request.parts,
        "unsorted": request.unsorted,
        "engine": request.engine,
        "rows_per_bucket": request.rows_per_bucket,
    }
    return Report("scale", facts, described, sheets)


def _job(
    request: ScaleRequest,
    folder: Path,
    out: str,
    workers: int,
    *,
    engine: LocalEngine | None = None,
    progress: Callable[[JobProgress], None] | None = None,
) -> ScaledForecast:
    found: ScaledForecast = scale.forecast(
        folder / "in",
        request.horizon,
        out=folder / out,
        engine=request.engine if engine is None else engine,
        workers=workers if engine is None else None,
        rows_per_bucket=request.rows_per_bucket,
        progress=progress,
    )
    return found


def _workers(request: ScaleRequest, folder: Path) -> list[Sheet]:
    """The same job with several numbers of workers."""
    if request.engine in FRAMES:
        return _frames(request, folder)
    rows: list[Row] = []
    base = 0.0
    contents: list[list[bytes]] = []
    for workers in request.workers:
        show_progress(f"{workers} workers")
        made = _job(request, folder, f"out-{workers}", workers)
        base = base or made.seconds
        contents.append([(Path(made.out) / name).read_bytes() for name in made.files])
        rows.append(
            {
                "workers": workers,
                "speedup": base / made.seconds,
                "seconds": made.seconds,
                "rows": made.input_rows / made.seconds / workers,
                "series": made.series / made.seconds / workers,
                "bytes": made.input_bytes / made.seconds / workers / 1e6,
                **{stage: made.stage_seconds.get(stage, 0.0) for stage in (*STAGES, "decide")},
                "peak": made.peak_mb,
                "same": "yes" if contents[-1] == contents[0] else "NO",
            }
        )
    columns = [
        *_SPEED,
        *(Column(stage, f"{stage}, CPU s", 1) for stage in (*STAGES, "decide")),
        Column("peak", "peak MB of a worker", 0),
        Column("same", "same bytes"),
    ]
    return [Sheet("workers", "Speed and memory", columns, rows)]


def _frames(request: ScaleRequest, folder: Path) -> list[Sheet]:
    """The forecast of a frame of an engine, with several numbers of workers."""
    rows: list[Row] = []
    base, first = 0.0, None
    size = sum(file.stat().st_size for file in (folder / "in").iterdir())
    for workers in request.workers:
        show_progress(f"{request.engine}, {workers} workers")
        seconds, made = forecast_as_frame(
            request, folder / "in", folder / f"out-{workers}", workers
        )
        base, first = base or seconds, made if first is None else first
        rows.append(
            {
                "workers": workers,
                "speedup": base / seconds,
                "seconds": seconds,
                "rows": request.series * request.steps / seconds / workers,
                "series": len(pc.unique(made["unique_id"])) / seconds / workers,
                "bytes": size / seconds / workers / 1e6,
                "same": "yes" if made.equals(first) else "NO",
            }
        )
    columns = [*_SPEED, Column("same", "same rows")]
    return [Sheet("frames", "Speed", columns, rows)]


def _overhead(request: ScaleRequest, folder: Path) -> list[Sheet]:
    """Processor seconds of a job and of `Forecaster.predict` on the table in memory."""
    show_progress("the job, 1 worker")
    made = _job(request, folder, "out", 1)
    model = Path(made.out) / "_gated" / "model.gated"
    show_progress("predict")
    alone, peak = in_fresh_process(1, _predict, folder / "in", model, request.horizon)
    spent = sum(made.stage_seconds.get(stage, 0.0) for stage in STAGES)
    rows: list[Row] = [
        {"what": "Forecaster.predict, read included", "ratio": 1.0, "cpu": alone, "peak": peak},
        {
            "what": "job, without the fit",
            "ratio": spent / alone,
            "cpu": spent,
            "peak": made.peak_mb,
        },
    ]
    columns = [
        Column("what", "what"),
        Column("ratio", "ratio"),
        Column("cpu", "CPU s", 1),
        Column("peak", "peak MB", 0),
    ]
    return [Sheet("overhead", "Processor time, lower is better", columns, rows)]


def _predict(folder: Path, model: Path, horizon: int) -> tuple[float, float]:
    """Processor seconds and peak memory of reading and forecasting a table in one piece."""
    from benchmarks.common.measure import peak_memory_mb

    loaded = Forecaster.load(model)
    begin = time.process_time()
    loaded.predict(parquet.read_table(folder), horizon)
    return time.process_time() - begin, peak_memory_mb()


def _kills(request: ScaleRequest, folder: Path) -> list[Sheet]:
    """Kill workers at random during jobs, until so many were killed; count lost series."""
    whole = _job(request, folder, "whole", max(request.workers))
    expected = _answers(whole)
    chance = random.Random(request.seed)
    killed = jobs = lost = doubled = changed = 0
    while killed < request.kills:
        engine = LocalEngine(max(request.workers))
        jobs += 1
        show_progress(f"job {jobs}, {killed} of {request.kills} workers killed")

        def kill(_: JobProgress, engine: LocalEngine = engine) -> None:
            nonlocal killed
            if engine.processes and killed < request.kills:
                os.kill(chance.choice(engine.processes), signal.SIGKILL)
                killed += 1

        made = _job(request, folder, f"job-{jobs}", 0, engine=engine, progress=kill)
        answers = _answers(made)
        lost += len(expected.keys() - answers.keys())
        doubled += sum(answers[label] > count for label, count in expected.items())
        changed += sum(
            (Path(made.out) / name).read_bytes() != (Path(whole.out) / name).read_bytes()
            for name in made.files
        )
    row: Row = {
        "killed": killed,
        "jobs": jobs,
        "series": len(expected),
        "lost": lost,
        "doubled": doubled,
        "changed": changed,
    }
    columns = [
        Column("killed", "workers killed"),
        Column("jobs", "jobs"),
        Column("series", "series of each"),
        Column("lost", "lost series"),
        Column("doubled", "doubled series"),
        Column("changed", "files with other bytes"),
    ]
    return [Sheet("kills", "Killed workers", columns, [row])]


def _answers(made: ScaledForecast) -> dict[str, int]:
    """The number of forecast rows of each series."""
    counts: Sequence[dict[str, object]] = pc.value_counts(made.table()["unique_id"]).to_pylist()
    return {str(one["values"]): int(str(one["counts"])) for one in counts}


_PARTS: dict[str, Callable[[ScaleRequest, Path], list[Sheet]]] = {
    "workers": _workers,
    "overhead": _overhead,
    "kills": _kills,
    "training": training,
}
