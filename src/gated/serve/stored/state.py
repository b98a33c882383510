"""Defines the live state of one stored series, with the rows that it has read.

The rows in the store decide. A state knows the revision of the series that it has read: of a
later one it lacks the rows since, or it must be made anew.
"""

import json
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError, ModelFileError
from gated.forecast import Live
from gated.forecast.live.observed import Observed
from gated.serve.forecasting.forecasters import Plain
from gated.serve.forecasting.job import Options
from gated.serve.forecasting.times import written_times
from gated.store import SeriesInfo
from gated.table.cells.codes import KNOWN

__all__ = ["PackedState", "ReadRows", "SeriesState"]

_OWN_DECISIONS_BYTES, _OBJECTS_BYTES = 40_000, 10_000  # about, of one state
_CODES = frozenset(KNOWN.tolist())  # such as -999: whether it is a value, the reader decides
_GROWTH = 4  # one new row for so many rows that were read: the decisions are made anew


@dataclass
class ReadRows:
    """What a state has read of its series.

    Attributes:
        identity, revision: of the series, see `SeriesInfo`.
        last: the last stored time.
        decided_rows: the rows that the series had when the decisions were made.
        decided_read: how many of them were read.
    """

    identity: int
    revision: int
    last: int
    decided_rows: int
    decided_read: int

    def lacks_only_rows(self, info: SeriesInfo) -> bool:
        """Whether the series has changed by added rows only."""
        return info.identity == self.identity and info.rewritten <= self.revision

    def is_due(self, info: SeriesInfo) -> bool:
        """Whether the decisions are to be made anew: the series has grown by a quarter."""
        return info.n_rows - self.decided_rows >= max(1, self.decided_read // _GROWTH)


@dataclass
class SeriesState:
    """The live state of one stored series.

    Attributes:
        label: of the series.
        options: what it is made for, without levels and quantiles.
        live: the state.
        read: what it has read.
        plain: the kind of series that shares its decisions, which are not validated; None: they
            are its own.
        notes: on the rows, when the decisions were made.
    """

    label: str
    options: Options
    live: Live
    read: ReadRows
    plain: Plain | None
    notes: tuple[str, ...]

    @property
    def freq(self) -> str:
        """The pandas alias of the step."""
        return self.live.rules.table.frequency.alias

    @property
    def n_bytes(self) -> int:
        """About how many bytes it takes in memory."""
        own = _OWN_DECISIONS_BYTES if self.plain is None else 0
        return self.live.n_bytes + own + _OBJECTS_BYTES

    def advance(
        self, ds: NDArray[np.int64], y: NDArray[np.float64], info: SeriesInfo
    ) -> Observed | None:
        """Take rows that were added.

        Args:
            ds, y: [n] later than what was read; y is NaN where not observed.
            info: the series with these rows.

        Returns:
            The values and how likely they were; None: the decisions do not fit these rows, and
            nothing was taken.
        """
        if not self._fits(y):
            return None
        schema = self.live.rules.table.schema
        clock = "integer" if info.clock == "integer" else "local"
        rows = {
            schema.id_col: [self.label] * len(ds),
            schema.time_col: written_times(clock, ds),
            schema.target_col: y.tolist(),
        }
        try:
            observed = self.live.update(rows)
        except DataError:
            return None
        self.read.revision = info.revision
        self.read.last = int(ds[-1]) if len(ds) else self.read.last
        return observed

    def _fits(self, y: NDArray[np.float64]) -> bool:
        """Whether values are of the kind of the decisions, and none may stand for a missing one."""
        seen = y[np.isfinite(y)]
        if not _CODES.isdisjoint(seen.tolist()):
            return False
        plain = self.plain
        if plain is None:
            return True
        is_negative = bool((seen < 0).any()) and not plain.negative
        return not is_negative and (plain.fraction or bool((seen == np.round(seen)).all()))


@dataclass(frozen=True)
class PackedState:
    """The parts of the bytes of a state; `live` are the bytes of `Live`."""

    options: Options
    read: ReadRows
    plain: Plain | None
    notes: tuple[str, ...]
    live: bytes

    @classmethod
    def of(cls, state: SeriesState) -> "PackedState":
        """The parts of a state: with its decisions, if they are its own."""
        is_own = state.plain is None
        live = state.live.to_bytes() if is_own else state.live.state_of(state.label)
        return cls(state.options, state.read, state.plain, state.notes, live)

    def to_bytes(self) -> bytes:
        """A line of JSON, and the bytes of `Live`."""
        header = {
            "options": asdict(self.options),
            "read": asdict(self.read),
            "plain": self.plain,
            "notes": self.notes,
        }
        return json.dumps(header).encode() + b"\n" + self.live

    @classmethod
    def from_bytes(cls, content: bytes, name: str) -> "PackedState":
        """The parts of bytes of `to_bytes`; `name` says in messages what they are.

        Raises:
            ModelFileError: they are of another form.
        """
        line, _, live = content.partition(b"\n")
        try:
            header = json.loads(line)
            plain = None if header["plain"] is None else Plain(*header["plain"])
            options = {**header["options"], "level": (), "quantiles": ()}
            read = ReadRows(**header["read"])
            return cls(Options(**options), read, plain, tuple(header["notes"]), live)
        except (ValueError, LookupError, TypeError) as error:
            raise ModelFileError(f"{name}: cannot be read as the state of a series.") from error
