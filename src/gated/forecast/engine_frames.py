"""Recognises the frames of engines for tables larger than memory, and hands them to `gated.scale`.

No engine is imported. `gated.scale` lies above this package, and is loaded by its name.
"""

from importlib import import_module
from typing import Any

from gated.errors import UsageError
from gated.forecast.estimator import Estimator
from gated.forecast.prediction.columns import Numbers
from gated.forecast.request import Request
from gated.text import option

__all__ = ["engine_of", "predict_frame"]

# Each engine's package, and a method that only its frame has.
_METHODS = {"dask": "set_index", "pyspark": "mapInArrow", "ray": "map_batches"}


def engine_of(frame: object) -> str | None:
    """The package of the engine whose frame is given: "dask", "pyspark" or "ray"; else None.

    >>> import pyarrow as pa
    >>> engine_of(pa.table({"y": [1.0]})) is None
    True
    """
    package = type(frame).__module__.partition(".")[0]
    return package if package in _METHODS and hasattr(frame, _METHODS[package]) else None


def predict_frame(
    model: Estimator, request: Request, level: Numbers | None, quantiles: Numbers | None
) -> Any:
    """Forecast the frame of an engine by `gated.scale.forecast`, and return one of its kind.

    Args:
        model: a forecaster, fitted or not.
        request: the frame, the horizon and the columns.
        level, quantiles: as in `Forecaster.predict`.

    Raises:
        UsageError: there is another table, too.
        DataError: see `gated.scale.forecast`.
    """
    if any(given is not None for given in (request.X_df, request.futr_df, request.static_df)):
        raise UsageError(
            f"{option('X_df')} and {option('static_df')} go with a table in one piece. Give future "
            "values of covariates as rows after the last target of each series."
        )
    return import_module("gated.scale").forecast(
        request.df,
        request.h,
        model=model,
        level=level,
        quantiles=quantiles,
        id_col=request.id_col,
        time_col=request.time_col,
        target_col=request.target_col,
    )
