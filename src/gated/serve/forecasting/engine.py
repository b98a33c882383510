"""Forecasts jobs with `gated.Forecaster`: many in one call where that changes none of them.

Only this module forecasts rows; a state of a series in place of its rows would enter here.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gated.forecast import Forecaster
from gated.serve.forecasting.job import Answer, Job, Options, Series
from gated.serve.forecasting.steps import clear_step
from gated.serve.forecasting.times import as_datetimes
from gated.table import read_table

__all__ = ["Engine"]

_MOST_KEPT = 64  # forecasters without validation, by frequency and kind of values
_ROLES: dict[str, Any] = {"id_col": "unique_id", "time_col": "ds", "target_col": "y"}


class Engine:
    """Forecasts jobs; several threads may use it at the same time.

    Args:
        model: a model file of `Forecaster.save`, which forecasts everything; None for the
            pretrained network.

    Raises:
        ModelFileError: the file is not a model of `Forecaster`.
    """

    def __init__(self, model: Path | None = None) -> None:
        self._model = None if model is None else Forecaster.load(model)
        self._kept: OrderedDict[tuple[Any, ...], Forecaster] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def model(self) -> Forecaster | None:
        """The model that forecasts everything; None for the pretrained network."""
        return self._model

    def warm_up(self) -> None:
        """Forecast once, so that the first request does not wait for the network to be loaded."""
        self._forecaster(Options("local", 1, freq="D"), (False, True), np.int64(0))

    def group(self, job: Job) -> tuple[Any, ...] | None:
        """What jobs must have in common to be computed together; None: this one is alone."""
        if job.options.validated and self._model is None:
            return None
        step = job.options.freq or clear_step(job.options.clock, job.series)
        return None if step is None or job.kind is None else (job.options, step, job.kind)

    def forecast(self, jobs: Sequence[Job]) -> list[Answer | Exception]:
        """Forecast jobs of one group; each gets the forecast that it would get alone.

        Returns:
            For each job its answer, or the error that belongs to it.
        """
        if len(jobs) > 1:
            try:
                found = zip(jobs, self._together(jobs), strict=True)
                # a job without any forecast gets the error that it would get alone
                return [one if one.labels else self._alone(job) for job, one in found]
            except Exception:  # of one of them, which gets it below: the others are forecast
                pass
        return [self._alone(job) for job in jobs]

    def _alone(self, job: Job) -> Answer | Exception:
        try:
            return self._together([job])[0]
        except Exception as error:  # the page that waits for it raises it
            return error

    def _together(self, jobs: Sequence[Job]) -> list[Answer]:
        """Forecast the series of several jobs in one table."""
        options = jobs[0].options
        every = [one for job in jobs for one in job.series]
        labels = [one.label for one in every]
        if len(jobs) > 1:  # two requests may have the same labels
            labels = [f"{number:06}" for number in range(len(every))]
        frame = _frame(labels, every, options.clock)
        forecaster = self._chosen(jobs[0])
        is_new = not forecaster.is_fitted
        made = forecaster.forecast(
            frame if is_new else _renamed(frame, forecaster),
            options.h,
            level=list(options.level),
            quantiles=list(options.quantiles) or None,
            **(_ROLES if is_new else {}),
        )
        rows = {str(label): row for row, label in enumerate(made.ids)}
        left_out = {str(label): reason for label, reason in made.table.rejected.items()}
        notes = tuple(made.table.notes) if len(jobs) == 1 else ()  # those of a table of several
        answers, start = [], 0
        for job in jobs:
            pairs = list(zip(job.series, labels[start : start + len(job.series)], strict=True))
            start += len(job.series)
            there = [rows[label] for _, label in pairs if label in rows]
            answers.append(
                Answer(
                    options.clock,
                    tuple(one.label for one, label in pairs if label in rows),
                    made.ds[there],
                    {name: values[there] for name, values in made.columns.items()},
                    made.table.frequency.alias,
                    notes,
                    {one.label: left_out[label] for one, label in pairs if label in left_out},
                    made.verdict.describe(options.h),
                )
            )
        return answers

    def _chosen(self, job: Job) -> Forecaster:
        """The forecaster of a job."""
        options = job.options
        if self._model is not None:
            return self._model
        if options.validated:
            return Forecaster(freq=options.freq, season_length=options.season_length)
        first = job.series[0]
        kind = job.kind or _widest(job)
        step = options.freq or clear_step(options.clock, job.series) or _read_step(job)
        known = Options(options.clock, 1, freq=step, season_length=options.season_length)
        return self._forecaster(known, kind, first.ds[-1])

    def _forecaster(self, options: Options, kind: tuple[bool, bool], ds: np.int64) -> Forecaster:
        """A forecaster without validation: fitted to a single row, it is the network as it is.

        The row has a value of the kind of the jobs: a table without negative values has forecasts
        without, and so for whole numbers.
        """
        key = (options.clock, options.freq, options.season_length, kind)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        is_negative, is_fraction = kind
        value = (-1.0 if is_negative else 1.0) * (0.5 if is_fraction else 1.0)
        row = pd.DataFrame(
            {"unique_id": ["0"], "ds": as_datetimes(options.clock, np.array([ds])), "y": [value]}
        )
        made = Forecaster(freq=options.freq, season_length=options.season_length, h=1)
        made.fit(row, **_ROLES)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made


def _frame(labels: Sequence[str], series: Sequence[Series], clock: str) -> pd.DataFrame:
    """The rows of series as a frame."""
    lengths = [len(one.ds) for one in series]
    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.array(labels, dtype=object), lengths),
            "ds": as_datetimes(clock, np.concatenate([one.ds for one in series])),
            "y": np.concatenate([one.y for one in series]),
        }
    )


def _renamed(frame: pd.DataFrame, forecaster: Forecaster) -> pd.DataFrame:
    """The frame with the column names of the fitted table."""
    schema = forecaster.table_.schema
    return frame.rename(
        columns={"unique_id": schema.id_col, "ds": schema.time_col, "y": schema.target_col}
    )


def _widest(job: Job) -> tuple[bool, bool]:
    """Whether any value of a job is negative, and any has a fraction."""
    y = np.concatenate([one.y for one in job.series])
    seen = y[np.isfinite(y)]
    return bool((seen < 0).any()), bool((seen != np.round(seen)).any())


def _read_step(job: Job) -> str:
    """The step as the reader of tables finds it.

    Raises:
        DataError: it finds none.
    """
    labels = [one.label for one in job.series]
    return read_table(_frame(labels, job.series, job.options.clock), **_ROLES).frequency.alias
