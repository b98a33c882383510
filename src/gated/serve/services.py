"""Defines what the pages of a server share: the store, the forecaster, the queues, the counts."""

import asyncio
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from gated.errors import GatedWarning, StoreError
from gated.serve.access.keys import Keyring
from gated.serve.access.rates import Rates
from gated.serve.events.changes import Changes
from gated.serve.forecasting.batching import Batcher
from gated.serve.forecasting.engine import Engine
from gated.serve.forecasting.job import Answer, Job, Options
from gated.serve.records.logs import log
from gated.serve.records.metrics import Metrics
from gated.serve.settings import Settings
from gated.serve.stored.asked import Asked, Looked, Made, Written
from gated.serve.stored.forecasts import StoredForecasts
from gated.store import SeriesInfo, Store, Write

__all__ = ["Services"]

Result = TypeVar("Result")
_LARGE = 64  # series; with more, or so many rows for each, a job is slow
_ROWS_OF_SERIES = 1_000
_SAVE_SECONDS, _MOST_SAVED = 2.0, 64  # how often, and how many states and forecasts each time
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
        self.stored = StoredForecasts(
            store,
            engine.forecasters,
            rows_seen=settings.limits.rows_seen,
            longest_horizon=settings.limits.horizon,
            state_bytes=settings.limits.state_bytes,
            answer_bytes=settings.limits.answer_bytes,
        )
        self._deciding: dict[object, asyncio.Task[Asked]] = {}
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="thread")
        self._body_threads = ThreadPoolExecutor(_BODY_THREADS, thread_name_prefix="body")

    @property
    def has_model(self) -> bool:
        """Whether a fitted model forecasts everything."""
        return self.settings.model is not None

    async def start(self) -> None:
        """Begin: load the network, and start the queues."""
        waiting, metrics = self.limits.waiting, self.metrics
        self._quick: Batcher[Job | Asked, Answer | Made] = Batcher(
            self._forecast,
            threads=max(1, self.settings.workers // 2),  # fewer, larger batches cost less
            most_waiting=waiting,
            most_size=_LARGE,
            gather_seconds=self.settings.gather_seconds,
            on_batch=metrics.batches.labels("quick").observe,
            on_waiting=metrics.waiting.labels("quick").set,
        )
        self._slow: Batcher[Callable[[], Any], Any] = Batcher(
            _called,
            threads=self.settings.workers,
            most_waiting=waiting,
            on_batch=metrics.batches.labels("slow").observe,
            on_waiting=metrics.waiting.labels("slow").set,
        )
        self._writes: Batcher[Write, Written] = Batcher(
            self.stored.write_many,
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
        self._saving = asyncio.create_task(self._save_often())
        self.is_ready = True
        log.info("ready", extra={"fields": {"store": self.store.shown}})

    async def stop(self) -> None:
        """Finish what is being done, and close the store."""
        self.is_ready = False
        await self.changes.stop()
        for queue in (self._quick, self._slow, self._writes):
            await queue.stop()
        self._saving.cancel()
        await self._save(every=True)
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
        async with asyncio.timeout(self.limits.seconds):
            if is_slow:
                found = await self._slow.do(object(), lambda: self.engine.forecast([job])[0], size)
            else:
                found = await self._quick.do(group, job, size)
        if isinstance(found, Exception):
            raise found
        answer: Answer = found
        self.metrics.forecasts.inc(len(answer.labels))
        return answer

    async def look(self, label: str, options: Options, *, refresh: bool) -> Looked:
        """Look for a kept forecast of a stored series, or for the state to forecast.

        Raises:
            GatedError: as `StoredForecasts.look`.
        """
        return await self.in_thread(self.stored.look, label, options, refresh=refresh)

    async def forecast_stored(self, label: str, options: Options, looked: Looked) -> Made:
        """Forecast a stored series from its state.

        Args:
            label: of the series.
            options: of the forecast.
            looked: what was found for it, without a kept forecast.

        Raises:
            ProblemError: 503, too many jobs wait.
            GatedError: the series cannot be forecast.
            TimeoutError: it took too long.
        """
        async with asyncio.timeout(self.limits.seconds):
            asked = looked.asked or await self._decided(label, options)
            made = await self._quick.do(asked.group, asked)
        self.metrics.forecasts.inc()
        assert isinstance(made, Made)
        return made

    async def _decided(self, label: str, options: Options) -> Asked:
        """Make the decisions for a series; requests that meet wait for the same."""
        key = (label, options)
        task = self._deciding.get(key)
        if task is None:
            decide = partial(self.stored.decide, label, options)
            task = asyncio.create_task(self._slow.do(object(), decide))
            self._deciding[key] = task
            task.add_done_callback(lambda _: self._deciding.pop(key, None))
        return await asyncio.shield(task)

    def _forecast(self, asked: Sequence[Job | Asked]) -> Sequence[Answer | Made | Exception]:
        """Forecast jobs of one group, or states of one group."""
        states = [one for one in asked if isinstance(one, Asked)]
        if states:
            return self.stored.forecast(states)
        return self.engine.forecast([one for one in asked if isinstance(one, Job)])

    async def write(self, write: Write) -> Written:
        """Store rows; they are on the disk when this returns. Writes that meet share its wait.

        Raises:
            ProblemError: 503, too many writes wait.
            UsageError, StoreError: see `SeriesStore.write`.
        """
        written = await self._writes.do("write", write)
        self.metrics.rows.inc(len(write.ds))
        self.changes.tell(write.label, written.info)
        return written

    async def _save_often(self) -> None:
        while True:
            await asyncio.sleep(_SAVE_SECONDS)
            await self._save()

    async def _save(self, *, every: bool = False) -> None:
        """Save states and forecasts; all of them, or those that are due."""
        try:
            while await self.in_thread(self.stored.save, _MOST_SAVED, every=every) and every:
                pass
        except StoreError as error:
            log.warning("states were not saved", extra={"fields": {"reason": str(error)}})
        except Exception:
            log.exception("states were not saved")

    async def remove(self, label: str) -> bool:
        """Remove a series with all that belongs to it; return whether there was one."""
        was_there = await self.in_thread(self.store.series.delete, label)
        self.stored.forget(label)
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


def _called(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """The results of calls, or their errors."""
    results: list[Any] = []
    for call in calls:
        try:
            results.append(call())
        except Exception as error:
            results.append(error)
    return results
