"""Computes items in several threads at the same time, with the same bits as in one.

Each item is computed by one thread: the library of NumPy's matrix products is limited to one as
well, since its own threads divide a product, which rounds in another way, and wait for each other.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

from gated.threads import as_worker, libraries_have_one_thread, worker_count

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

__all__ = ["in_order", "one_thread_for_products"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(run: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield `run(item)` of each item, in their order; a few are computed ahead.

    A single item is computed in the current thread. The items are taken in the current thread, too.

    Args:
        run: is called in other threads, several times at once.
        items: are taken as needed.

    >>> list(in_order(abs, [-1, 2, -3]))
    [1, 2, 3]
    """
    left, workers = iter(items), worker_count()
    first = list(islice(left, 2))
    if workers < 2 or len(first) < 2:
        for item in first:
            yield run(item)
        yield from map(run, left)
        return
    pool, waiting = _pool(workers), deque[Future[Result]]()
    try:
        for item in chain(first, left):
            waiting.append(pool.submit(run, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


@cache
def _pool(workers: int) -> ThreadPoolExecutor:
    """The threads of this process, which all calls share."""
    return ThreadPoolExecutor(workers, thread_name_prefix="gated-batch", initializer=as_worker)


# A forked child has none of the threads.
os.register_at_fork(after_in_child=_pool.cache_clear)


class _Products:
    """Limits the threads of matrix products while any thread of this process needs it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget who needs it, in a forked child: the other threads are not there."""
        self._lock = threading.Lock()
        self._users = 0
        self._limit: Any = None

    def enter(self) -> None:
        with self._lock:
            if not self._users:
                self._limit = _controller().limit(limits=1, user_api="blas")
                self._limit.__enter__()
            self._users += 1

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                self._limit.__exit__(None, None, None)


_products = _Products()
os.register_at_fork(after_in_child=_products.reset)


@contextmanager
def one_thread_for_products() -> Iterator[None]:
    """Compute NumPy's matrix products in one thread inside the block, in all of the process."""
    if libraries_have_one_thread():
        yield
        return
    _products.enter()
    try:
        yield
    finally:
        _products.leave()


@cache
def _controller() -> "ThreadpoolController":
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
