"""Defines a job: the series of one request, and what is to be forecast of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.serve.forecasting.times import Clock
from gated.table.cells.codes import KNOWN

__all__ = ["Answer", "Job", "Options", "Series"]

_FEW_ZEROS = 0.1  # below the share of zeros from which a series is intermittent


@dataclass(frozen=True)
class Series:
    """The past of one series.

    Attributes:
        label: its name.
        ds: [n] int64 times, ascending; see `gated.serve.forecasting.times`.
        y: [n] float64 values, NaN where none was observed.
    """

    label: str
    ds: NDArray[np.int64]
    y: NDArray[np.float64]


@dataclass(frozen=True)
class Options:
    """What is to be forecast. Jobs of equal options can be computed together.

    Attributes:
        clock: what the times count.
        h: steps ahead.
        level: central intervals in percent.
        quantiles: quantile levels.
        freq: pandas alias of the step, or a number; None: inferred.
        season_length: steps of the main season; None: the usual one of the frequency.
        validated: whether the network is validated, calibrated and combined with baselines on the
            series first.
    """

    clock: Clock
    h: int
    level: tuple[float, ...] = (80.0,)
    quantiles: tuple[float, ...] = ()
    freq: str | None = None
    season_length: int | None = None
    validated: bool = False


@dataclass(frozen=True)
class Answer:
    """The forecast of one job.

    Attributes:
        clock: what the times count.
        labels: the series, in the order of the job.
        ds: [N, h] datetime64 or int64, the forecast times.
        columns: name to [N, h] float64: `gated`, `gated-mean`, `gated-lo-80` …
        freq: pandas alias of the step.
        notes: sentences on what was detected and repaired.
        rejected: series that were left out, with the reasons.
        verdict: how accurate the forecast was on held-out windows, in a sentence.
    """

    clock: Clock
    labels: tuple[str, ...]
    ds: NDArray[Any]
    columns: dict[str, NDArray[np.float64]]
    freq: str
    notes: tuple[str, ...] = ()
    rejected: dict[str, str] = field(default_factory=dict)
    verdict: str = ""


@dataclass(frozen=True)
class Job:
    """The series of one request, and the options of their forecast."""

    options: Options
    series: Sequence[Series]

    @cached_property
    def n_rows(self) -> int:
        """The number of rows of all series."""
        return sum(len(one.ds) for one in self.series)

    @cached_property
    def kind(self) -> tuple[bool, bool] | None:
        """The kind of values, whether any is negative and any has a fraction; None: a kind alone.

        What a forecast finds in a table depends on all its series. Jobs of one kind whose series
        are ordinary have nothing that could be found in one and change another: a forecast must
        not depend on which other requests arrive with it.
        """
        kinds = {_kind(one.y) for one in self.series}
        return kinds.pop() if len(kinds) == 1 else None

    @property
    def widest_kind(self) -> tuple[bool, bool]:
        """Whether any value is negative, and any has a fraction."""
        y = np.concatenate([one.y for one in self.series])
        seen = y[np.isfinite(y)]
        return bool((seen < 0).any()), bool((seen != np.round(seen)).any())


def _kind(y: NDArray[np.float64]) -> tuple[bool, bool] | None:
    """The kind of one series; None if it is not ordinary."""
    seen = y[np.isfinite(y)]
    if not len(seen) or np.isnan(y[-1]):
        return None
    is_constant = bool((seen == seen[0]).all())
    has_code = bool(np.isin(seen, KNOWN).any())  # whether -999 is a value depends on all values
    if is_constant or has_code or float((seen == 0).mean()) >= _FEW_ZEROS:
        return None
    return bool((seen < 0).any()), bool((seen != np.round(seen)).any())
