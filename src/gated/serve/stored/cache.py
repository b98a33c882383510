"""Keeps states in memory, up to a number of bytes; those that were not used for longest give way.

A state that was changed since it was saved is saved later: soon, if its decisions are new or if it
gave way, else now and then. It lacks at most the rows since, which are in the store.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field

from gated.serve.stored.state import SeriesState

__all__ = ["Key", "StateCache"]

Key = tuple[str, str]
"""The label of the series, and a digest of what the state is made for."""

_SECONDS_UNSAVED = 300.0
_MOST_EVICTED = 256


@dataclass
class _Entry:
    state: SeriesState
    n_bytes: int
    is_changed: bool
    save_at: float = field(default=0.0)  # seconds of `time.monotonic`


class StateCache:
    """States by key. It has no lock: its owner has.

    Args:
        most_bytes: about the most bytes of all states.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()
        self._by_label: dict[str, list[Key]] = {}  # the latest one last
        self._evicted: OrderedDict[Key, SeriesState] = OrderedDict()  # changed, not saved yet
        self.n_bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def is_full(self) -> bool:
        """Whether another state would be in the place of one of these."""
        return self.n_bytes >= self._most_bytes

    def get(self, key: Key) -> SeriesState | None:
        """A state; None if it is not in memory."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
            return entry.state
        state = self._evicted.pop(key, None)
        if state is not None:
            self.put(key, state)
        return state

    def latest(self, label: str) -> Key | None:
        """The key of the latest state of a series; None if none is in memory."""
        keys = self._by_label.get(label)
        return keys[-1] if keys else None

    def put(self, key: Key, state: SeriesState, *, is_changed: bool = True) -> None:
        """Keep a state, in place of one of the same key; it is saved soon, if it was changed."""
        self._remove(key)
        self._evicted.pop(key, None)
        entry = _Entry(state, state.n_bytes, is_changed)
        if not is_changed:
            entry.save_at = time.monotonic() + _SECONDS_UNSAVED
        self._entries[key] = entry
        self._by_label.setdefault(key[0], []).append(key)
        self.n_bytes += entry.n_bytes
        while self.n_bytes > self._most_bytes and len(self._entries) > 1:
            self._evict(next(iter(self._entries)))

    def changed(self, key: Key, state: SeriesState) -> None:
        """Note that a state has read rows, or was forecast."""
        entry = self._entries.get(key)
        if entry is None or entry.state is not state:
            return
        entry.is_changed = True
        self.n_bytes += state.n_bytes - entry.n_bytes
        entry.n_bytes = state.n_bytes
        keys = self._by_label[key[0]]
        if keys[-1] != key:
            keys.remove(key)
            keys.append(key)

    def forget(self, label: str) -> None:
        """Remove all states of a series."""
        for key in list(self._by_label.get(label, ())):
            self._remove(key)
        for key in [key for key in self._evicted if key[0] == label]:
            del self._evicted[key]

    def take_unsaved(self, most: int, *, every: bool = False) -> list[tuple[Key, SeriesState]]:
        """States to save now, which count as saved.

        Args:
            most: how many at most.
            every: whether all that were changed are to be saved, not only those that are due.
        """
        taken: list[tuple[Key, SeriesState]] = []
        while self._evicted and len(taken) < most:
            taken.append(self._evicted.popitem(last=False))
        now = time.monotonic()
        for key, entry in self._entries.items():
            if len(taken) >= most:
                break
            if entry.is_changed and (every or now >= entry.save_at):
                entry.is_changed, entry.save_at = False, now + _SECONDS_UNSAVED
                taken.append((key, entry.state))
        return taken

    def _evict(self, key: Key) -> None:
        entry = self._entries[key]
        self._remove(key)
        if entry.is_changed:
            self._evicted[key] = entry.state
            while len(self._evicted) > _MOST_EVICTED:
                self._evicted.popitem(last=False)

    def _remove(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.n_bytes -= entry.n_bytes
        keys = self._by_label[key[0]]
        keys.remove(key)
        if not keys:
            del self._by_label[key[0]]
