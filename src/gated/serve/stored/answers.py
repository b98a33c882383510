"""Keeps the bodies of forecasts of stored series in memory, until the rows of the series change.

A body that was asked for again is saved, too; those of series that change all the time never are.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from gated.store import SeriesInfo

__all__ = ["Answers", "KeptAnswer"]


@dataclass(frozen=True)
class KeptAnswer:
    """The body of a forecast.

    Attributes:
        identity, revision: of the series, as of the forecast.
        content: the body.
    """

    identity: int
    revision: int
    content: bytes


class Answers:
    """Bodies by the label of the series and the digest of the options; several threads may use it.

    Args:
        most_bytes: of all bodies; those that were not asked for longest give way.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes, self._n_bytes = most_bytes, 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], KeptAnswer] = OrderedDict()
        self._new: set[tuple[str, str]] = set()  # not saved, and not asked for again
        self._unsaved: set[tuple[str, str]] = set()

    def get(self, info: SeriesInfo, key: str) -> bytes | None:
        """The body of the forecast of a series; None if there is none of its rows."""
        with self._lock:
            found = self._kept.get((info.label, key))
            if found is None or (found.identity, found.revision) != (info.identity, info.revision):
                return None
            self._kept.move_to_end((info.label, key))
            if (info.label, key) in self._new:
                self._new.discard((info.label, key))
                self._unsaved.add((info.label, key))
            return found.content

    def put(self, label: str, key: str, answer: KeptAnswer, *, is_saved: bool = False) -> None:
        """Keep a body, in place of an older one."""
        with self._lock:
            self._remove((label, key))
            self._kept[label, key] = answer
            self._n_bytes += len(answer.content)
            if not is_saved:
                self._new.add((label, key))
            while self._n_bytes > self._most_bytes:
                self._remove(next(iter(self._kept)))

    def forget(self, label: str) -> None:
        """Remove the bodies of a series."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == label]:
                self._remove(key)

    def take_unsaved(self, most: int) -> list[tuple[str, str, KeptAnswer]]:
        """Some bodies that are to be saved; they count as saved from now on."""
        with self._lock:
            chosen = [self._unsaved.pop() for _ in range(min(most, len(self._unsaved)))]
            return [(*key, self._kept[key]) for key in chosen]

    def _remove(self, key: tuple[str, str]) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._n_bytes -= len(found.content)
            self._new.discard(key)
            self._unsaved.discard(key)
