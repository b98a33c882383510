"""Measures seconds and peak memory, and describes the machine.

Each measurement runs in a new interpreter (`in_fresh_process`), so that its peak memory contains
nothing else, and the number of threads is set before a library counts the cores.
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
    "show_progress",
    "timed",
    "use_threads",
]

P = ParamSpec("P")
T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
"""The root of the repository."""

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_LIBRARIES = ("gated", "torch", "numpy", "pandas")
# A new interpreter, so that a measurement contains the imports; most tests fork a loaded one.
_START = "spawn"


def timed(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> tuple[T, float]:
    """The result of one call, and its seconds of wall-clock time."""
    begin = time.perf_counter()
    result = call(*args, **kwargs)
    return result, time.perf_counter() - begin


def peak_memory_mb() -> float:
    """The peak resident memory of this process so far, in MB (10^6 bytes)."""
    status = Path("/proc/self/status")
    if status.exists():
        # On Linux, exec keeps the parent's peak in getrusage; VmHWM starts from zero.
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def use_threads(threads: int) -> None:
    """Limit torch to this many threads in this process."""
    import torch

    torch.set_num_threads(threads)


def in_fresh_process(threads: int, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function of a module in a new interpreter that uses this many threads.

    Raises:
        GatedError: the process was killed, most often because memory ran out.
    """
    context = multiprocessing.get_context(_START)
    with (
        _environment(dict.fromkeys(THREAD_VARIABLES, str(threads))),
        ProcessPoolExecutor(1, context, use_threads, (threads,)) as pool,
    ):
        try:
            return pool.submit(call, *args, **kwargs).result()
        except BrokenProcessPool as error:
            raise GatedError(
                "The measured process was killed before it returned a result, most often because "
                "the machine ran out of memory. Expected it to finish. Use a smaller table, or "
                "close other programs."
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
    """Describe what a figure depends on besides the code: processor, threads, load, versions.

    Call it before the run: the load of the last minute is then that of other programs.

    Args:
        threads: number of threads of the measured process; None if it is not limited.

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


def show_progress(stage: str) -> None:
    """Print what is measured now to stderr; stdout is for the figures."""
    print(f"{stage} …", file=sys.stderr, flush=True)


def _processor() -> str:
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        for line in cpu_info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _cores() -> int:
    """Number of cores this process may use: in a container, fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _commit() -> str:
    """The short hash of the commit, "+" for uncommitted changes; "unknown" without git."""
    try:
        commit = _git("rev-parse", "--short", "HEAD")
        return commit + "+" if _git("status", "--porcelain") else commit
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()
