"""Wakes the listeners of a series when it changes.

A write in this process wakes them at once. Another process may use the same store: so one task
looks at all series that have listeners, once a second, in one query.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field

from gated.errors import StoreError
from gated.serve.problems import ProblemError
from gated.store import SeriesInfo

__all__ = ["Changes", "Listener"]

_SECONDS = 1.0  # between two looks at the store
Look = Callable[[Collection[str]], Awaitable[Mapping[str, SeriesInfo]]]


class Listener:
    """Waits for changes of one series. It has the latest state only: a slow one needs no memory.

    Attributes:
        label: of the series.
        info: what is known of it; None if there is no such series.
        has_ended: whether the server stops.
    """

    def __init__(self, label: str, leave: Callable[["Listener"], None]) -> None:
        self.label = label
        self.info: SeriesInfo | None = None
        self.has_ended = False
        self._woken = asyncio.Event()
        self._leave = leave

    async def changed(self, seconds: float) -> bool:
        """Wait for a change, or for the end, so long at most; return whether there was one."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    def begin(self, info: SeriesInfo | None) -> None:
        """Note the state from which on changes count."""
        self.info = info
        self._woken.clear()

    def wake(self, info: SeriesInfo | None, *, has_ended: bool = False) -> None:
        """Note the latest state."""
        self.info, self.has_ended = info, has_ended
        self._woken.set()

    def close(self) -> None:
        """Stop listening. A second call does nothing."""
        self._leave(self)


@dataclass
class _Topic:
    """The listeners of one series, and what they know of it."""

    info: SeriesInfo | None = None
    changes: int = 0  # so many times `info` was another one
    listeners: set[Listener] = field(default_factory=set)

    def tell(self, info: SeriesInfo | None) -> None:
        if info != self.info:
            self.info = info
            self.changes += 1
            for listener in self.listeners:
                listener.wake(info)


class Changes:
    """The listeners of all series.

    Args:
        look: reads what is known of some series in the store, by label.
        most: listeners at the same time.
        on_listeners: called with their number.
    """

    def __init__(
        self, look: Look, most: int, on_listeners: Callable[[int], None] = lambda count: None
    ) -> None:
        self._look, self._most, self._on_listeners = look, most, on_listeners
        self._topics: dict[str, _Topic] = {}
        self._count = 0
        self._has_ended = False
        self._some = asyncio.Event()  # set while there are listeners
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look at the store, in the running loop."""
        self._task = asyncio.create_task(self._look_again_and_again())

    def end(self) -> None:
        """End all listeners, and refuse new ones: the server stops."""
        self._has_ended = True
        for topic in self._topics.values():
            for listener in topic.listeners:
                listener.wake(topic.info, has_ended=True)

    async def stop(self) -> None:
        """End all listeners, and look no more."""
        self.end()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def listen(self, label: str) -> Listener:
        """A listener, which must be closed in the end.

        Returns:
            The listener, with what is known of the series now.

        Raises:
            ProblemError: 503, there are too many, or the server stops.
            StoreError: the store cannot be read.
        """
        if self._has_ended:
            raise ProblemError(503, "The server is stopping.", {"Retry-After": "5"})
        if self._count >= self._most:
            raise ProblemError(
                503,
                f"{self._most:,} connections listen to series already. Try again later, or read "
                "the series from time to time.",
                {"Retry-After": "30"},
            )
        listener = Listener(label, self._leave)
        self._topics.setdefault(label, _Topic()).listeners.add(listener)
        self._counted(1)
        try:
            await self._update([label])
        except BaseException:
            listener.close()
            raise
        listener.begin(self._topics[label].info)
        return listener

    def tell(self, label: str, info: SeriesInfo | None) -> None:
        """Wake the listeners of a series.

        Args:
            label: of the series.
            info: what is known of it now; None if it was removed.
        """
        if label in self._topics:
            self._topics[label].tell(info)

    async def _look_again_and_again(self) -> None:
        while True:
            await self._some.wait()
            await asyncio.sleep(_SECONDS)
            try:
                await self._update(list(self._topics))
            except StoreError:
                continue  # the next look may succeed; requests say what is wrong

    async def _update(self, labels: Collection[str]) -> None:
        """Tell what the store knows of series, unless more recent news came meanwhile."""
        before = {label: self._topics[label].changes for label in labels}
        found = await self._look(labels)
        for label, changes in before.items():
            topic = self._topics.get(label)
            if topic is not None and topic.changes == changes:
                topic.tell(found.get(label))

    def _leave(self, listener: Listener) -> None:
        topic = self._topics.get(listener.label)
        if topic is None or listener not in topic.listeners:
            return
        topic.listeners.remove(listener)
        if not topic.listeners:
            del self._topics[listener.label]
        self._counted(-1)

    def _counted(self, change: int) -> None:
        self._count += change
        self._on_listeners(self._count)
        if self._count:
            self._some.set()
        else:
            self._some.clear()
