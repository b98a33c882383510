"""Decides what the user left open: the model, its hyperparameters and the columns."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import pyarrow as pa

from gated.errors import UsageError
from gated.forecast import Forecaster
from gated.forecast.config import MEAN_NAME
from gated.forecast.prediction.columns import ForecastColumns, check_distinct
from gated.scale.columns import SeriesColumns
from gated.scale.jobs.plan import Work, chosen_columns
from gated.scale.model import for_horizon, stored
from gated.scale.partition import ERROR, partition_columns
from gated.table.columns.joined_columns import JOINT
from gated.table.columns.request import Request
from gated.text import option

__all__ = ["GivenModel", "Job"]

GivenModel = Forecaster | str | os.PathLike[str] | None


@dataclass(frozen=True)
class Job:
    """What is to be done with a table.

    Attributes:
        work: the options.
        named: the columns that the user named.
        given: the model, the path of one, or a forecaster that is not fitted.
    """

    work: Work
    named: Request
    given: GivenModel

    def decided(self) -> Self:
        """The same with a checked model and all hyperparameters.

        Raises:
            UsageError: a level or size is out of range, the model is none, or columns are named for
                a fitted model.
            ModelFileError: the file is missing or no model.
        """
        ForecastColumns.of(self.work.level, self.work.quantiles)
        self.work.check()
        model = self.given
        if isinstance(model, str | os.PathLike):
            model = Forecaster.load(os.fspath(model))
        if model is not None and not isinstance(model, Forecaster):
            raise UsageError(f"model is {model!r}. Expected a Forecaster, or the path of one.")
        if model is None or not model.is_fitted:
            model = model or Forecaster()
            h = model.h if self.work.h is None else self.work.h
            work = replace(self.work, params=model.get_params(), h=h)
            covariates, past = list(self.named.covariates), list(self.named.past_covariates)
            work = replace(work, covariates=covariates or None, past_covariates=past or None)
            return replace(self, work=work, given=None)
        if self.named != Request():
            raise UsageError(
                f"{option('id_col')}, {option('time_col')}, {option('target_col')} and the "
                "covariates are those of the fitted model. Leave them out."
            )
        return replace(self, given=for_horizon(model, self.work.h))

    @property
    def model(self) -> Forecaster | None:
        """The given fitted model."""
        assert self.given is None or isinstance(self.given, Forecaster)
        return self.given

    @cached_property
    def content(self) -> bytes | None:
        """The file of the given model."""
        return None if self.model is None else stored(self.model)

    @property
    def fingerprint(self) -> str | None:
        """A text that differs between given models."""
        return None if self.content is None else hashlib.sha256(self.content).hexdigest()

    def columns(self, schema: pa.Schema, head: Callable[[], pa.Table]) -> SeriesColumns:
        """The columns of a table.

        Args:
            schema: of the table.
            head: reads its first rows.

        Raises:
            DataError: a column is missing, or none fits a role.
            UsageError: a named column does not exist, or has the name of a column of the forecast;
                or the model needs static features.
        """
        if self.model is not None:
            found = partition_columns(self.model, schema.names)
        else:
            found = chosen_columns(schema.names, head, self.named)
        of_backtest = ("cutoff", found.target or "y") if self.work.n_windows else ()
        requested = ForecastColumns.of(self.work.level, self.work.quantiles).columns
        check_distinct(
            (JOINT.join(found.ids), found.time, *of_backtest, *requested, MEAN_NAME, ERROR)
        )
        return found
