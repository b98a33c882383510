"""Limits the requests of a key: so many a minute, and so many at the same time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gated.serve.problems import ProblemError

__all__ = ["Rates"]


@dataclass
class _Bucket:
    """Requests that a key may still make, as of a time; it refills steadily."""

    left: float
    at: float


class Rates:
    """Counts the requests of keys, in this process.

    Args:
        at_once: requests of one key at the same time.
        clock: seconds.

    >>> rates = Rates(at_once=1)
    >>> with rates.counted("till", per_minute=60):
    ...     pass
    """

    def __init__(self, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once = at_once
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}
        self._running: dict[str, int] = {}

    @contextmanager
    def counted(self, name: str, per_minute: int | None) -> Iterator[None]:
        """Count one request of a key while it runs; None: no limit per minute.

        Raises:
            ProblemError: 429, if it is one too many.
        """
        if self._running.get(name, 0) >= self._at_once:
            raise ProblemError(
                429,
                f"{self._at_once} requests of this client are running. Wait for one to end.",
                {"Retry-After": "1"},
            )
        if per_minute is not None:
            self._take(name, per_minute)
        self._running[name] = self._running.get(name, 0) + 1
        try:
            yield
        finally:
            self._running[name] -= 1
            if not self._running[name]:
                del self._running[name]

    def _take(self, name: str, per_minute: int) -> None:
        now = self._clock()
        bucket = self._buckets.setdefault(name, _Bucket(per_minute, now))
        bucket.left = min(per_minute, bucket.left + (now - bucket.at) * per_minute / 60)
        bucket.at = now
        if bucket.left < 1:
            wait = max(1, round((1 - bucket.left) * 60 / per_minute))
            raise ProblemError(
                429,
                f"This key may make {per_minute:,} requests a minute. Try again in {wait} s.",
                {"Retry-After": str(wait)},
            )
        bucket.left -= 1
