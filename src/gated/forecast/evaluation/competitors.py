"""Forecasts with the competing methods of a backtest: simple baselines and statistical models."""

from collections.abc import Sequence

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.forecast.baselines import simple
from gated.forecast.baselines.method_forecast import MethodForecast
from gated.forecast.baselines.statsforecast import (
    MODELS,
    forecast_with_statsforecast,
    require_statsforecast,
)
from gated.forecast.training.fitted import Fitted
from gated.table import Table
from gated.text import did_you_mean

__all__ = ["DEFAULT_COMPETITORS", "REFERENCE", "checked_names", "competitor_forecasts"]


REFERENCE = "seasonal_naive"
"""The method that the summary compares gated with; it is always included."""

DEFAULT_COMPETITORS = ("naive", REFERENCE, "drift", "seasonal_mean")
"""The competing methods by default."""


def checked_names(against: str | Sequence[str] | None) -> tuple[str, ...]:
    """The requested methods, or a single one; the reference first.

    Raises:
        UsageError: one is unknown, or needs a library that is not installed.

    >>> checked_names(["theta"])
    ('seasonal_naive', 'theta')
    """
    one = (against,) if isinstance(against, str) else against
    names = DEFAULT_COMPETITORS if one is None else tuple(one)
    known = (*simple.BASELINES, *MODELS)
    for name in names:
        if name not in known:
            raise UsageError(
                f"There is no method {name!r} to compare with.{did_you_mean(name, known)} Expected "
                f"one of {', '.join(known)}."
            )
        if name in MODELS:
            require_statsforecast(name)
    return tuple(dict.fromkeys((REFERENCE, *names)))


def competitor_forecasts(
    names: Sequence[str], fitted: Fitted, past: Table, future: FloatArray
) -> dict[str, MethodForecast]:
    """Forecast with each method from the rows before a cutoff.

    All methods use the closed steps, because these are known in advance.

    Args:
        names: names of baselines and statistical models.
        fitted: the fit, whose profile has the feature of closed steps.
        past: the table up to the cutoff.
        future: [n, h, F] known covariates of the steps ahead.
    """
    closed_before = fitted.profile.closed_before(past)
    closed_ahead = fitted.profile.closed_ahead(past, future)
    h, season = future.shape[1], past.frequency.season_length
    forecasts = {}
    for name in names:
        if name in MODELS:
            forecasts[name] = forecast_with_statsforecast(
                name, past, h, closed_ahead, closed_before
            )
        else:
            points = simple.apply(
                name, past.y, past.offsets, season, h, closed_ahead, closed_before
            )
            forecasts[name] = MethodForecast(points)
    return forecasts
