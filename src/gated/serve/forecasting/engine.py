"""Forecasts jobs with `gated.Forecaster`: many in one call where that changes none of them.

This module forecasts the rows of requests; `gated.serve.stored` forecasts the states of stored
series.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gated.forecast import Forecaster
from gated.serve.forecasting.forecasters import Forecasters
from gated.serve.forecasting.frames import ROLES, frame_of, regular_table, renamed
from gated.serve.forecasting.job import Answer, Job, Options, Series
from gated.serve.forecasting.steps import clear_step
from gated.table import Table

__all__ = ["Engine"]

_DAYS = 21  # of the first forecast


class Engine:
    """Forecasts jobs; several threads may use it at the same time.

    Args:
        model: a model file of `Forecaster.save`, which forecasts everything; None for the
            pretrained network.

    Attributes:
        forecasters: those of all jobs.

    Raises:
        ModelFileError: the file is not a model of `Forecaster`.
    """

    def __init__(self, model: Path | None = None) -> None:
        self.forecasters = Forecasters(model)

    @property
    def model(self) -> Forecaster | None:
        """The model that forecasts everything; None for the pretrained network."""
        return self.forecasters.model

    def warm_up(self) -> None:
        """Forecast once, so that the first request does not wait for the network to be loaded."""
        days = Series(
            "", np.arange(_DAYS) * 86_400_000_000, np.arange(_DAYS, dtype=np.float64) + 0.5
        )
        self._together([Job(Options("local", 1), [days])])

    def group(self, job: Job) -> tuple[Any, ...] | None:
        """What jobs must have in common to be computed together; None: this one is alone."""
        if job.options.validated and self.forecasters.model is None:
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
        forecaster = self.forecasters.of(jobs[0])
        is_new = not forecaster.is_fitted
        table = self._table(forecaster, jobs, labels, every)
        made = forecaster.forecast(
            table,
            options.h,
            level=list(options.level),
            quantiles=list(options.quantiles) or None,
            **(ROLES if is_new else {}),
        )
        rows = {str(label): row for row, label in enumerate(made.ids)}
        left_out = {str(label): reason for label, reason in made.table.rejected.items()}
        are_of_each = len(jobs) == 1 or isinstance(table, Table)  # else those of all together
        notes = tuple(made.table.notes) if are_of_each else ()
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

    def _table(
        self,
        forecaster: Forecaster,
        jobs: Sequence[Job],
        labels: Sequence[str],
        series: Sequence[Series],
    ) -> Any:
        """The rows of series, as a table or as a frame that is read."""
        clock = jobs[0].options.clock
        are_plain = forecaster.is_fitted and self.forecasters.model is None
        if are_plain and all(job.kind is not None for job in jobs):
            table = regular_table(labels, series, clock, forecaster.table_)
            if table is not None:
                return table
        frame = frame_of(labels, series, clock)
        return renamed(frame, forecaster.table_.schema) if forecaster.is_fitted else frame
