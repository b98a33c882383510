"""Forecasts stored series from their states, and updates the states as rows are written.

The rows in the store are written first, and decide. A state in memory, or in the store, that
has read an older revision gets the rows since; if other rows have changed, it is made anew.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gated.errors import UsageError
from gated.forecast.live.observed import Observed
from gated.forecast.live.together import Together
from gated.serve.forecasting.forecasters import Forecasters
from gated.serve.forecasting.job import Answer, Options
from gated.serve.forecasting.times import CLOCKS
from gated.serve.stored.answers import Answers, KeptAnswer
from gated.serve.stored.asked import Asked, Looked, Made, Written
from gated.serve.stored.cache import Key, StateCache
from gated.serve.stored.making import StateMaker
from gated.serve.stored.state import PackedState, SeriesState
from gated.store import Derived, SeriesInfo, SeriesRows, Store, Write

__all__ = ["StoredForecasts", "key_of"]

_MOST_WITHOUT_STATE = 10_000  # labels of which it is known
_PACKED_AT_ONCE = 8


class StoredForecasts:
    """The states of the stored series; several threads may use it.

    Args:
        store: the open store.
        forecasters: make the decisions.
        rows_seen: the latest rows of a series that are read when its state is made.
        longest_horizon: the most steps ahead, where the usual number is asked.
        state_bytes: of memory for states, about.
        answer_bytes: of memory for bodies of forecasts.
    """

    def __init__(
        self,
        store: Store,
        forecasters: Forecasters,
        *,
        rows_seen: int,
        longest_horizon: int,
        state_bytes: int,
        answer_bytes: int,
    ) -> None:
        self._store, self._rows_seen = store, rows_seen
        self._maker = StateMaker(forecasters, longest_horizon)
        self._has_model = forecasters.model is not None
        self.answers = Answers(answer_bytes)
        self._lock = threading.Lock()  # of all below, and of all that the states hold
        self._states = StateCache(state_bytes)
        self._without: OrderedDict[str, None] = OrderedDict()  # labels that have no state

    def look(self, label: str, options: Options, *, refresh: bool = False) -> Looked:
        """Look for a forecast, or for the state to forecast.

        Args:
            label: of the series.
            options: of the forecast; a horizon of 0 is the usual one.
            refresh: whether the decisions are to be made anew.

        Raises:
            GatedError: the series cannot be forecast.
            StoreError: the store cannot be used.
        """
        info = self._store.series.info(label)
        if info is None or refresh:
            return Looked(info)
        options = replace(options, clock=CLOCKS[info.clock])
        body = self.answers.get(info, key_of(options)) or self._saved_answer(info, options)
        if body is not None:
            return Looked(info, body)
        key = (label, _state_key(options))
        state = self._current(key, options, info)
        return Looked(info, None, None if state is None else Asked(key, state, options))

    def decide(self, label: str, options: Options) -> Asked:
        """Make the state of a series from its rows; with validation, it takes its time.

        Raises:
            GatedError: the series cannot be forecast, or was removed.
        """
        rows = self._rows(label)
        options = replace(options, clock=CLOCKS[rows.info.clock])
        key = (label, _state_key(options))
        state = self._maker.made(rows, options)
        self._put(key, state)
        return Asked(key, state, options)

    def forecast(self, asked: Sequence[Asked]) -> list[Made | Exception]:
        """Forecast states of one group; each as it would be alone."""
        try:
            return list(self._together(asked))
        except Exception as error:  # of one of them; the others are forecast
            if len(asked) == 1:
                return [error]
            return [made for one in asked for made in self.forecast([one])]

    def keep(self, made: Made, options: Options, content: bytes) -> None:
        """Keep the body of a forecast until the rows of the series change."""
        answer, label = made.answer, made.answer.labels[0]
        key = key_of(replace(options, clock=answer.clock))
        self.answers.put(label, key, KeptAnswer(made.identity, made.revision, content))

    def write_many(self, writes: Sequence[Write]) -> list[Written | UsageError]:
        """Write rows of several series, with one wait for the disk; then their states read them.

        Raises:
            StoreError: nothing is written.
        """
        done: list[Written | UsageError] = []
        for write, info in zip(writes, self._store.series.write_many(writes), strict=True):
            if isinstance(info, UsageError):
                done.append(info)
                continue
            try:
                observed = self._observed(write, info)
            except Exception:  # the rows are stored all the same; the state reads them later
                observed = None
                self.forget(write.label)
            done.append(Written(info, observed))
        return done

    def forget(self, label: str) -> None:
        """Remove what is kept in memory of a series."""
        self.answers.forget(label)
        with self._lock:
            self._states.forget(label)

    def save(self, most: int, *, every: bool = False) -> int:
        """Write states and forecasts to the store that are not there yet; return how many.

        Args:
            most: how many states, and how many forecasts, at most.
            every: whether all changed states are saved, not only those that are due.

        Raises:
            StoreError: the store cannot be used. They are not saved; they can be made again.
        """
        with self._lock:
            taken = self._states.take_unsaved(most, every=every)
        states = []
        for start in range(0, len(taken), _PACKED_AT_ONCE):  # others get the lock between
            with self._lock:
                for (label, key), state in taken[start : start + _PACKED_AT_ONCE]:
                    content = PackedState.of(state).to_bytes()
                    states.append(
                        (label, key, Derived(state.read.revision, content, state.read.identity))
                    )
        if states:
            self._store.states.put_many(states)
        answers = [
            (label, key, Derived(one.revision, one.content, one.identity))
            for label, key, one in self.answers.take_unsaved(most)
        ]
        if answers:
            self._store.forecasts.put_many(answers)
        return len(states) + len(answers)

    def _together(self, asked: Sequence[Asked]) -> list[Made]:
        with self._lock:
            together = Together([one.state.live for one in asked])
            versions = [(one.state.read.identity, one.state.read.revision) for one in asked]
        together.run()
        options = asked[0].options
        with self._lock:
            made = together.noted(
                level=list(options.level), quantiles=list(options.quantiles) or None
            )
            for one in asked:
                self._states.changed(one.key, one.state)
        return [
            Made(
                Answer(
                    one.options.clock,
                    (one.state.label,),
                    made.ds[row : row + 1],
                    {name: values[row : row + 1] for name, values in made.columns.items()},
                    one.state.freq,
                    one.state.notes,
                    verdict=one.state.live.verdict.describe(one.state.live.h),
                ),
                *versions[row],
                one.state.read.decided_rows,
            )
            for row, one in enumerate(asked)
        ]

    def _saved_answer(self, info: SeriesInfo, options: Options) -> bytes | None:
        """The body of a forecast in the store, if none of its series was made here."""
        with self._lock:
            if self._states.latest(info.label) is not None:
                return None
        key = key_of(options)
        found = self._store.forecasts.get_current(info.label, key)
        if found is None or found.revision != info.revision:
            return None
        kept = KeptAnswer(info.identity, found.revision, found.content)
        self.answers.put(info.label, key, kept, is_saved=True)
        return found.content

    def _current(self, key: Key, options: Options, info: SeriesInfo) -> SeriesState | None:
        """The state as of the rows; None if its decisions must be made with validation."""
        state = self._kept(key)
        is_of_series = state is not None and state.read.identity == info.identity
        if state is not None and is_of_series and not state.read.is_due(info):
            if self._is_caught_up(state, key, info):
                return state
            return self._put(key, self._maker.renewed(state, self._rows(key[0])))
        if options.validated or self._has_model:
            return None
        return self._put(key, self._maker.made(self._rows(key[0]), options))

    def _kept(self, key: Key) -> SeriesState | None:
        """The state in memory, or else that of the store, as it is."""
        with self._lock:
            state = self._states.get(key)
        if state is not None:
            return state
        stored = self._store.states.get(*key)
        state = None if stored is None else self._maker.restored(key[0], stored)
        if state is None:
            return None
        with self._lock:
            other = self._states.get(key)
            if other is None:
                self._states.put(key, state, is_changed=False)
            return other or state

    def _put(self, key: Key, state: SeriesState) -> SeriesState:
        with self._lock:
            self._states.put(key, state)
            self._without.pop(key[0], None)
        return state

    def _rows(self, label: str) -> SeriesRows:
        rows = self._store.series.rows(label, last=self._rows_seen)
        if rows is None:
            raise UsageError("The series was removed.")
        if not len(rows.ds):
            raise UsageError("The series has no rows.")
        return rows

    def _is_caught_up(self, state: SeriesState, key: Key, info: SeriesInfo) -> bool:
        """Give a state the rows that it lacks; return whether it has all rows then."""
        with self._lock:
            if _is_as_new(state, info):
                return True
            if not state.read.lacks_only_rows(info):
                return False
            after = state.read.last
        rows = self._store.series.rows(key[0], after=after, last=self._rows_seen)
        if rows is None:
            return False
        with self._lock:
            return self._advance(state, key, rows)

    def _advance(self, state: SeriesState, key: Key, rows: SeriesRows) -> bool:
        """The same with rows that were read; the lock is held."""
        info = rows.info
        if _is_as_new(state, info):
            return True
        are_all = not len(rows.ds) or rows.ds[-1] == info.last
        if not are_all or not state.read.lacks_only_rows(info):
            return False
        new = rows.ds > state.read.last
        if state.advance(rows.ds[new], rows.y[new], info) is None:
            return False
        self._states.changed(key, state)
        return True

    def _observed(self, write: Write, info: SeriesInfo) -> Observed | None:
        """Give the latest state of a series the rows that were written."""
        if info.rewritten == info.revision:  # its state is made anew when it is forecast
            return None
        found = self._latest(write.label)
        if found is None:
            return None
        key, state = found
        rows = _rows_of(write, info)
        if state.read.revision != info.revision - 1:  # others wrote, or it is from the store
            self._read_before(state, key, rows)
        with self._lock:
            is_next = state.read.revision == info.revision - 1
            if not is_next or not state.read.lacks_only_rows(info):
                return None
            observed = state.advance(rows.ds, rows.y, info)
            self._states.changed(key, state)
            return observed

    def _read_before(self, state: SeriesState, key: Key, rows: SeriesRows) -> None:
        """Give a state the rows that it lacks before some that were written."""
        found = self._store.series.rows(key[0], after=state.read.last, last=self._rows_seen)
        if found is None:
            return
        before = found.ds < rows.ds[0]
        if before.all():  # there are more
            return
        ds, y = found.ds[before], found.y[before]
        last = int(ds[-1]) if len(ds) else state.read.last
        info = replace(found.info, revision=rows.info.revision - 1, last=last)
        with self._lock:
            self._advance(state, key, SeriesRows(info, ds, y))

    def _latest(self, label: str) -> tuple[Key, SeriesState] | None:
        """The state of a series that was forecast last, or else saved last."""
        with self._lock:
            key = self._states.latest(label)
            state = None if key is None else self._states.get(key)
            if key is not None and state is not None:
                return key, state
            if label in self._without or self._states.is_full:
                return None
        name = self._store.states.newest_key(label)
        state = None if name is None else self._kept((label, name))
        if name is not None and state is not None:
            return (label, name), state
        with self._lock:
            self._without[label] = None
            while len(self._without) > _MOST_WITHOUT_STATE:
                self._without.popitem(last=False)
        return None


def key_of(options: Options) -> str:
    """The key of a kept forecast: a digest of its options."""
    return hashlib.sha256(repr(options).encode()).hexdigest()


def _state_key(options: Options) -> str:
    """The key of a state: levels and quantiles are read from any forecast."""
    return key_of(replace(options, level=(), quantiles=()))


def _is_as_new(state: SeriesState, info: SeriesInfo) -> bool:
    read = state.read
    return read.identity == info.identity and read.revision >= info.revision


def _rows_of(write: Write, info: SeriesInfo) -> SeriesRows:
    """The rows of a write as they are stored."""
    rows = sorted(dict(zip(write.ds, write.y, strict=True)).items())
    ds = np.array([time for time, _ in rows], dtype=np.int64)
    y = np.array([np.nan if value is None else value for _, value in rows], dtype=np.float64)
    return SeriesRows(info, ds, y)
