"""Finds the closed days of single series again, where a model was stored without its series.

A model without its table has the closed days of all series, and not those of single ones, whose
labels may be private.
"""

from dataclasses import replace
from typing import TypeVar

from gated.forecast.estimator import Estimator, with_fitted
from gated.forecast.inputs import GivenTable
from gated.table import Table

__all__ = ["with_own_closings"]

Model = TypeVar("Model", bound=Estimator)


def with_own_closings(model: Model, table: Table, *, single: bool = True) -> Model:
    """A fitted model that knows the closed days of the single series of a table.

    Args:
        model: the model; it is not changed. One that has such days already is returned as it is.
        table: the series that are forecast.
        single: whether dates of one series alone are searched, as a fit does for at most 200
            series; False: of groups of series.

    Raises:
        NotFittedError: the model is not fitted.
    """
    fit = model._fit_
    profile = fit.fitted.profile.with_own_closings(GivenTable.of(table).past, single=single)
    if profile.closed_calendar == fit.fitted.profile.closed_calendar:
        return model
    fitted = replace(fit.fitted, profile=profile)
    return with_fitted(model, fitted)
