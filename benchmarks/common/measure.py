"""Seconds, peak memory and the machine they were measured on.

Whatever is measured runs in an interpreter of its own (`in_fresh_process`): its peak memory is
then nobody else's, and the number of threads is settled before any library counts the cores.
"""

import multiprocessing
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import ParamSpec, TypeVar

from gated.errors import GatedError

__all__ = [
    "ROOT",
    "THREAD_VARIABLES",
    "in_fresh_process",
    "machine",
    "peak_memory_mb",
    "timed",
    "use_threads",
]

P = ParamSpec("P")
T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
"""The repository's root."""

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_LIBRARIES = ("gated", "torch", "numpy", "pandas")


def timed(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> tuple[T, float]:
    """Call once: the result, and the seconds it took on the wall's clock."""
    begin = time.perf_counter()
    result = call(*args, **kwargs)
    return result, time.perf_counter() - begin


def peak_memory_mb() -> float:
    """The most memory this process has held so far, in MB (10^6 bytes) of resident pages."""
    status = Path("/proc/self/status")
    if status.exists():
        # Linux carries getrusage's figure from the parent over exec; VmHWM begins anew.
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def use_threads(threads: int) -> None:
    """Hold torch to this many threads, in this process."""
    import torch

    torch.set_num_threads(threads)


def in_fresh_process(threads: int, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function of a module in a new interpreter that uses this many threads.

    Raises:
        GatedError: the process was killed, most often for want of memory.
    """
    spawn = multiprocessing.get_context("spawn")
    with (
        _environment(dict.fromkeys(THREAD_VARIABLES, str(threads))),
        ProcessPoolExecutor(1, spawn, use_threads, (threads,)) as pool,
    ):
        try:
            return pool.submit(call, *args, **kwargs).result()
        except BrokenProcessPool as error:
            raise GatedError(
                "The process that was measured ended without an answer, most often because the "
                "machine ran out of memory. Try a smaller table, or close other programs."
            ) from error


@contextmanager
def _environment(changes: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def machine(threads: int | None) -> dict[str, str | int | float]:
    """What a figure depends on besides the code: processor, cores, threads, load, versions.

    To be asked before the run: the load (of the last minute) is then that of others.

    Args:
        threads: that the measured process uses; None where it was not limited.

    >>> machine(2)["threads"]
    2
    """
    return {
        "processor": _processor(),
        "cores": _cores(),
        "threads": threads if threads is not None else "not limited",
        "load before": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
        "commit": _commit(),
    }


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _cores() -> int:
    """Cores this process may run on: in a container, fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _commit() -> str:
    """The short hash that was measured, "+" for uncommitted changes; "unknown" without git."""
    try:
        commit = _git("rev-parse", "--short", "HEAD")
        return commit + "+" if _git("status", "--porcelain") else commit
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()
