"""Defines what is asked of stored series, and the answers."""

from dataclasses import dataclass

from gated.forecast.live.observed import Observed
from gated.serve.forecasting.job import Answer, Options
from gated.serve.stored.cache import Key
from gated.serve.stored.state import SeriesState
from gated.store import SeriesInfo

__all__ = ["Asked", "Looked", "Made", "Written"]


@dataclass(frozen=True)
class Asked:
    """A forecast that is asked of a state."""

    key: Key
    state: SeriesState
    options: Options

    @property
    def group(self) -> tuple[object, ...]:
        """What forecasts must have in common to be computed together."""
        return (id(self.state.live.rules), self.options.level, self.options.quantiles)


@dataclass(frozen=True)
class Looked:
    """What was found for a forecast of a series.

    Attributes:
        info: the series; None if there is none.
        body: the body of the same forecast before.
        asked: what is to be forecast; None with a body, or if the decisions must be made first.
    """

    info: SeriesInfo | None
    body: bytes | None = None
    asked: Asked | None = None


@dataclass(frozen=True)
class Made:
    """A forecast of a state.

    Attributes:
        answer: the forecast.
        identity, revision: of the series, as of the forecast.
        decided_rows: the rows that the series had when the decisions were made.
    """

    answer: Answer
    identity: int
    revision: int
    decided_rows: int


@dataclass(frozen=True)
class Written:
    """A write that is on the disk.

    Attributes:
        info: the series with these rows.
        observed: the values and how likely they were; None without a state.
    """

    info: SeriesInfo
    observed: Observed | None
