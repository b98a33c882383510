"""Gives the numbers of threads that compute, and limits those of other libraries."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = [
    "as_worker",
    "batches_at_once",
    "libraries_have_one_thread",
    "limit_threads",
    "thread_count",
    "worker_count",
]

_ASKED = "OMP_NUM_THREADS"
# More threads than this wait for each other: what is not arrays runs in one at a time.
_MOST_WORKERS = 16

_of_this_thread = threading.local()
_limited = threading.Event()


def thread_count() -> int:
    """Return the number of threads of one recurrence: that of torch where torch is loaded.

    Without torch it is `OMP_NUM_THREADS`, or the number of processors that this process may use.
    In a worker (see `as_worker`) it is 1.
    """
    if getattr(_of_this_thread, "is_worker", False):
        return 1
    torch = sys.modules.get("torch")
    if torch is not None:
        return int(torch.get_num_threads())
    asked = os.environ.get(_ASKED, "").split(",")[0]
    return int(asked) if asked.isdecimal() and int(asked) else _processors()


def worker_count() -> int:
    """Return the number of batches that are computed at the same time, each in one thread.

    It is `thread_count`; after `limit_threads`, the number of processors; within `batches_at_once`,
    the number given there. In a worker it is 1.
    """
    if getattr(_of_this_thread, "is_worker", False):
        return 1
    given: int | None = getattr(_of_this_thread, "batches", None)
    wanted = given or (_processors() if _limited.is_set() else thread_count())
    return min(wanted, _MOST_WORKERS)


@contextmanager
def batches_at_once(count: int) -> Iterator[None]:
    """Let the current thread compute up to `count` batches at the same time inside the block."""
    before: int | None = getattr(_of_this_thread, "batches", None)
    _of_this_thread.batches = min(count, _processors())
    try:
        yield
    finally:
        _of_this_thread.batches = before


def libraries_have_one_thread() -> bool:
    """Whether the environment gives one thread to each library."""
    return os.environ.get(_ASKED) == "1"


def as_worker() -> None:
    """Let recurrences use one thread if they are called from the current thread."""
    _of_this_thread.is_worker = True


def limit_threads() -> None:
    """Use one thread in each library, unless `OMP_NUM_THREADS` gives another number.

    The network's matrices are small: a second thread for a product gains little on an idle machine,
    and on a busy one, threads that wait for each other take ten times as long. Batches are still
    computed at the same time, see `worker_count`.

    NumPy and torch read the variable when they are imported, so that this is called first.
    """
    if os.environ.get(_ASKED):
        return
    _limited.set()
    torch = sys.modules.get("torch")
    if torch is not None:  # in a process that has imported it before
        torch.set_num_threads(1)
    os.environ[_ASKED] = "1"


def _processors() -> int:
    return len(os.sched_getaffinity(0))
