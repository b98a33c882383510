"""Fixes the typical level of intermittent series, so that the series of one call do not decide it.

The mean of a series with many zeros is averaged with the mean of all such series of the table
(`own_levels`). Where a table is forecast in parts, that is measured once, on a sample.
"""

from dataclasses import replace
from typing import TypeVar

import numpy as np

from gated.forecast.estimator import Estimator, with_fitted
from gated.forecast.inputs import GivenTable
from gated.forecast.training.preparation import rows_with_horizon
from gated.forecast.validation.mean_correction import is_intermittent
from gated.forecast.validation.own_levels import Places, typical_level
from gated.table import Table

__all__ = ["with_typical_level"]

Model = TypeVar("Model", bound=Estimator)


def with_typical_level(model: Model, table: Table, h: int | None = None) -> Model:
    """A fitted model whose typical level is that of a table; 0 if no series has many zeros.

    Args:
        model: the model; it is not changed.
        table: a sample.
        h: steps ahead; by default the horizon of the fit.

    Raises:
        NotFittedError: the model is not fitted.
    """
    fit, past = model._fit_, GivenTable.of(table).past
    fitted, mean = fit.fitted, fit.fitted.mean
    data = rows_with_horizon(past, fitted.profile, fitted.network.config.layout, None)
    rows, level = np.flatnonzero(is_intermittent(data)), 0.0
    if len(rows):
        places = Places(rows, data.history[rows], fit.h if h is None else h)
        level = typical_level(data, places, past.frequency.season_length, mean.half_life)
    fitted = replace(fitted, mean=replace(mean, typical_level=level))
    return with_fitted(model, fitted)
