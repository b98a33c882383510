"""Gathers jobs that arrive together, and does them in one call in a thread.

A job waits a few milliseconds for others of its group; while all threads work, more gather. The
number of waiting jobs is limited, so that a busy server says so at once.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from gated.serve.problems import ProblemError

__all__ = ["Batcher"]

Work = TypeVar("Work")
Done = TypeVar("Done")


@dataclass
class _Waiting(Generic[Work, Done]):
    work: Work
    size: int
    done: "asyncio.Future[Done]"


class Batcher(Generic[Work, Done]):
    """Does jobs in threads, those of one group together.

    Args:
        run: does jobs of one group, and returns for each its result or its error.
        threads: calls of `run` at the same time.
        most_waiting: jobs that wait at most.
        most_size: the size of the jobs of one call together, unless one job alone is larger.
        gather_seconds: how long a job waits for others.
        on_batch: called with the number of jobs of each call.
        on_waiting: called with the number of jobs that wait.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Work]], Sequence[Done | Exception]],
        *,
        threads: int,
        most_waiting: int,
        most_size: int = 1,
        gather_seconds: float = 0.0,
        on_batch: Callable[[int], None] = lambda size: None,
        on_waiting: Callable[[int], None] = lambda size: None,
    ) -> None:
        self._run = run
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="gated")
        self._slots = asyncio.Semaphore(threads)
        self._most_waiting, self._most_size = most_waiting, most_size
        self._gather_seconds = gather_seconds
        self._on_batch, self._on_waiting = on_batch, on_waiting
        self._groups: OrderedDict[Hashable, deque[_Waiting[Work, Done]]] = OrderedDict()
        self._n_waiting = 0
        self._arrived = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._dispatcher: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to do jobs, in the running loop."""
        self._dispatcher = asyncio.create_task(self._dispatch())

    async def stop(self) -> None:
        """Wait for the jobs that are being done; those that wait are refused."""
        if self._dispatcher is not None:
            self._dispatcher.cancel()
        for waiting in [job for group in self._groups.values() for job in group]:
            if not waiting.done.done():
                waiting.done.set_exception(_busy("The server is stopping."))
        self._groups.clear()
        if self._running:
            await asyncio.wait(self._running)
        self._pool.shutdown(wait=False)

    async def do(self, group: Hashable, work: Work, size: int = 1) -> Done:
        """Do one job, with others of its group that arrive at about the same time.

        Args:
            group: jobs of equal groups may be done together.
            work: the job.
            size: its size, such as its number of series.

        Raises:
            ProblemError: 503, too many jobs wait.
            Exception: the error of the job.
        """
        if self._n_waiting >= self._most_waiting:
            raise _busy(f"{self._n_waiting:,} jobs wait already.")
        waiting = _Waiting[Work, Done](work, size, asyncio.get_running_loop().create_future())
        self._groups.setdefault(group, deque()).append(waiting)
        self._count(1)
        self._arrived.set()
        return await waiting.done

    async def _dispatch(self) -> None:
        while True:
            await self._slots.acquire()
            await self._arrived.wait()
            if self._gather_seconds:
                await asyncio.sleep(self._gather_seconds)
            batch = self._take()
            if not batch:
                self._slots.release()
                continue
            task = asyncio.create_task(self._do(batch))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _take(self) -> list[_Waiting[Work, Done]]:
        """Take jobs of the group that has waited longest."""
        group, jobs = self._groups.popitem(last=False)
        taken: list[_Waiting[Work, Done]] = []
        size = 0
        while jobs and (not taken or size + jobs[0].size <= self._most_size):
            waiting = jobs.popleft()
            self._count(-1)
            if not waiting.done.done():  # else its client has gone
                taken.append(waiting)
                size += waiting.size
        if jobs:
            self._groups[group] = jobs
        if not self._groups:
            self._arrived.clear()
        return taken

    async def _do(self, batch: list[_Waiting[Work, Done]]) -> None:
        loop = asyncio.get_running_loop()
        self._on_batch(len(batch))
        results: Sequence[Done | Exception]
        try:
            work = [waiting.work for waiting in batch]
            results = await loop.run_in_executor(self._pool, self._run, work)
        except Exception as error:
            results = [error] * len(batch)
        finally:
            self._slots.release()
        for waiting, result in zip(batch, results, strict=True):
            if waiting.done.done():
                continue
            if isinstance(result, Exception):
                waiting.done.set_exception(result)
            else:
                waiting.done.set_result(result)

    def _count(self, change: int) -> None:
        self._n_waiting += change
        self._on_waiting(self._n_waiting)


def _busy(reason: str) -> ProblemError:
    return ProblemError(503, f"{reason} Try again in a second.", {"Retry-After": "1"})
