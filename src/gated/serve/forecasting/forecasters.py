"""Keeps the forecasters of jobs: that of a model file, and those without validation.

A forecaster without validation is fitted to a single row: the public way to say that there is
nothing to validate on. It is the network as it is.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd

from gated.forecast import Forecaster, Live
from gated.serve.forecasting.frames import ROLES, frame_of
from gated.serve.forecasting.job import Job
from gated.serve.forecasting.steps import clear_step
from gated.serve.forecasting.times import as_datetimes
from gated.table import read_table

__all__ = ["Forecasters", "Plain"]

Kept = TypeVar("Kept")
_MOST_KEPT = 64  # of each kind


class Plain(NamedTuple):
    """What series must have in common to be forecast by one forecaster without validation.

    Attributes:
        clock: what their times count.
        freq: pandas alias of the step, or a number.
        season_length: steps of the main season; None: the usual one.
        negative, fraction: whether any value is negative, and any has a fraction.
    """

    clock: str
    freq: str
    season_length: int | None
    negative: bool
    fraction: bool

    @classmethod
    def of(cls, job: Job) -> "Plain":
        """That of a job.

        Raises:
            DataError: its times have no step.
        """
        options, (negative, fraction) = job.options, job.kind or job.widest_kind
        step = options.freq or clear_step(options.clock, job.series) or _read_step(job)
        return cls(options.clock, step, options.season_length, negative, fraction)


class Forecasters:
    """The forecasters of a server; several threads may use them at the same time.

    Args:
        model: a model file of `Forecaster.save`, which forecasts everything; None for the
            pretrained network.

    Raises:
        ModelFileError: the file is not a model of `Forecaster`.
    """

    def __init__(self, model: Path | None = None) -> None:
        self.model = None if model is None else Forecaster.load(model)
        self._lock = threading.Lock()
        self._plain: OrderedDict[Hashable, Forecaster] = OrderedDict()
        self._decisions: OrderedDict[Hashable, Live] = OrderedDict()

    def of(self, job: Job) -> Forecaster:
        """The forecaster of a job; one that is not fitted validates itself on the job.

        Raises:
            DataError: the times of the job have no step.
        """
        if self.model is not None:
            return self.model
        options = job.options
        if options.validated:
            return Forecaster(freq=options.freq, season_length=options.season_length)
        return self.plain(Plain.of(job), job.series[0].ds[-1])

    def plain(self, kind: Plain, ds: np.int64) -> Forecaster:
        """A forecaster without validation.

        Its row has a value of the kind of the jobs: a table without negative values has forecasts
        without, and so for whole numbers.

        Args:
            kind: of the jobs.
            ds: any time on their grid.
        """
        return self._kept(self._plain, kind, lambda: _fitted_to_a_row(kind, ds))

    def decisions(self, kind: Plain, h: int, ds: np.int64) -> Live:
        """The decisions of a forecaster without validation, as a live state without series.

        Args:
            kind, ds: as of `plain`.
            h: steps ahead.
        """

        def made() -> Live:
            return self.plain(kind, ds).watch(h=h, adaptive=False).only([])

        return self._kept(self._decisions, (kind, h), made)

    def decisions_of_model(self, frame: pd.DataFrame, h: int) -> Live:
        """The decisions of the model file, as a live state without series.

        Args:
            frame: of any series, with the columns of the model.
            h: steps ahead.
        """
        model = self.model
        assert model is not None
        return self._kept(self._decisions, h, lambda: model.watch(frame, h).only([]))

    def _kept(
        self, kept: "OrderedDict[Hashable, Kept]", key: Hashable, make: Callable[[], Kept]
    ) -> Kept:
        with self._lock:
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        made = make()
        with self._lock:
            made = kept.setdefault(key, made)  # another thread may have made it meanwhile
            while len(kept) > _MOST_KEPT:
                kept.popitem(last=False)
        return made


def _fitted_to_a_row(kind: Plain, ds: np.int64) -> Forecaster:
    value = (-1.0 if kind.negative else 1.0) * (0.5 if kind.fraction else 1.0)
    row = pd.DataFrame(
        {"unique_id": ["0"], "ds": as_datetimes(kind.clock, np.array([ds])), "y": [value]}
    )
    made = Forecaster(freq=kind.freq, season_length=kind.season_length, h=1)
    return made.fit(row, **ROLES)


def _read_step(job: Job) -> str:
    """The step as the reader of tables finds it.

    Raises:
        DataError: it finds none.
    """
    labels = [one.label for one in job.series]
    return read_table(frame_of(labels, job.series, job.options.clock), **ROLES).frequency.alias
