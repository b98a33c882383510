"""Defines what the pages of a server share: the store, the forecaster, the queues, the counts."""

import asyncio
import warnings
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from gated.errors import GatedWarning, StoreError
from gated.serve.access.keys import Keyring
from gated.serve.access.rates import Rates
from gated.serve.events.changes import Changes
from gated.serve.forecasting.batching import Batcher
from gated.serve.forecasting.engine import Engine
from gated.serve.forecasting.job import Answer, Job
from gated.serve.records.logs import log
from gated.serve.records.metrics import Metrics
from gated.serve.settings import Settings
from gated.store import Derived, SeriesInfo, Store, Write

__all__ = ["Services"]

Result = TypeVar("Result")
_LARGE = 64  # series; with more, or so many rows for each, a job is slow
_ROWS_OF_SERIES = 1_000
_MOST_KEEPING = 64  # forecasts that wait to be stored
_WRITES = 64  # in one transaction
_THREADS, _BODY_THREADS = 4, 2  # beside those that forecast: the store, large bodies


class Services:
    """What the pages share; made before the server starts, begun in its loop.

    Args:
        settings: of the server.
        store: the open store.
        engine: forecasts jobs.
    """

    def __init__(self, settings: Settings, store: Store, engine: Engine) -> None:
        self.settings, self.limits = settings, settings.limits
        self.store, self.engine = store, engine
        self.metrics = Metrics()
        self.keyring = Keyring(store)
        self.rates = Rates(settings.limits.at_once)
        self.changes = Changes(self._infos, self.limits.listeners, self.metrics.listeners.set)
        self.is_ready = False
        self._keeping: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="thread")
        self._body_threads = ThreadPoolExecutor(_BODY_THREADS, thread_name_prefix="body")

    @property
    def has_model(self) -> bool:
        """Whether a fitted model forecasts everything."""
        return self.settings.model is not None

    async def start(self) -> None:
        """Begin: load the network, and start the queues."""
        waiting, metrics = self.limits.waiting, self.metrics
        self._quick: Batcher[Job, Answer] = Batcher(
            self.engine.forecast,
            threads=self.settings.workers,
            most_waiting=waiting,
            most_size=_LARGE,
            gather_seconds=self.settings.gather_seconds,
            on_batch=metrics.batches.labels("quick").observe,
            on_waiting=metrics.waiting.labels("quick").set,
        )
        self._slow: Batcher[Job, Answer] = Batcher(
            self.engine.forecast,
            threads=self.settings.workers,
            most_waiting=waiting,
            on_batch=metrics.batches.labels("slow").observe,
            on_waiting=metrics.waiting.labels("slow").set,
        )
        self._writes: Batcher[Write, SeriesInfo] = Batcher(
            self.store.series.write_many,
            threads=1,
            most_waiting=waiting,
            most_size=_WRITES,
            on_batch=metrics.batches.labels("writes").observe,
            on_waiting=metrics.waiting.labels("writes").set,
        )
        for queue in (self._quick, self._slow, self._writes):
            queue.start()
        self.changes.start()
        warnings.filterwarnings("ignore", category=GatedWarning)  # the responses have the notes
        await asyncio.get_running_loop().run_in_executor(self._threads, self.engine.warm_up)
        self.is_ready = True
        log.info("ready", extra={"fields": {"store": self.store.shown}})

    async def stop(self) -> None:
        """Finish what is being done, and close the store."""
        self.is_ready = False
        await self.changes.stop()
        for queue in (self._quick, self._slow, self._writes):
            await queue.stop()
        if self._keeping:
            await asyncio.wait(self._keeping)
        self._threads.shutdown()
        self._body_threads.shutdown()
        self.store.close()

    async def forecast(self, job: Job) -> Answer:
        """Forecast the series of a job, with others that arrive together where that is possible.

        Raises:
            ProblemError: 503, too many jobs wait.
            GatedError: the series cannot be forecast.
            TimeoutError: it took too long.
        """
        group, size = self.engine.group(job), len(job.series)
        is_slow = group is None or size > _LARGE or job.n_rows > _LARGE * _ROWS_OF_SERIES
        queue = self._slow if is_slow else self._quick
        async with asyncio.timeout(self.limits.seconds):
            answer = await queue.do(object() if is_slow else group, job, size)
        self.metrics.forecasts.inc(len(answer.labels))
        return answer

    def keep(self, label: str, key: str, made: Derived) -> None:
        """Store a forecast later: its client need not wait, and it can always be made again."""
        if len(self._keeping) < _MOST_KEEPING:
            task = asyncio.create_task(self._keep(label, key, made))
            self._keeping.add(task)
            task.add_done_callback(self._keeping.discard)

    async def _keep(self, label: str, key: str, made: Derived) -> None:
        try:
            await self.in_thread(self.store.forecasts.put, label, key, made)
        except StoreError as error:
            log.warning("a forecast was not kept", extra={"fields": {"reason": str(error)}})

    async def write(self, write: Write) -> SeriesInfo:
        """Store rows; they are on the disk when this returns. Writes that meet share its wait.

        Raises:
            ProblemError: 503, too many writes wait.
            UsageError, StoreError: see `SeriesStore.write`.
        """
        info = await self._writes.do("write", write)
        self.metrics.rows.inc(len(write.ds))
        self.changes.tell(write.label, info)
        return info

    async def remove(self, label: str) -> bool:
        """Remove a series with all that belongs to it; return whether there was one."""
        was_there = await self.in_thread(self.store.series.delete, label)
        if was_there:
            self.changes.tell(label, None)
        return was_there

    async def _infos(self, labels: Collection[str]) -> Mapping[str, SeriesInfo]:
        return await self.in_thread(self.store.series.infos, labels)

    async def in_thread(self, call: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
        """Call what may wait for the disk in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(call, *arguments, **named))

    async def in_body_thread(
        self, call: Callable[..., Result], *arguments: Any, **named: Any
    ) -> Result:
        """Read or write a large body in a thread of its own kind: others reach the store."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._body_threads, partial(call, *arguments, **named))
