"""Forecasts the series of tables: fits, validates, predicts, backtests, and follows new values.

The package can be called: `gated.forecast(values, h)` forecasts arrays, see `forecast_arrays`.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gated.lazy import loaded_on_use

if TYPE_CHECKING:
    from gated.forecast.array_forecast import ArrayForecast, forecast_arrays
    from gated.forecast.forecaster import Forecaster
    from gated.forecast.live.live import Live

__all__ = ["ArrayForecast", "Forecaster", "Live", "forecast_arrays"]

__getattr__, __dir__ = loaded_on_use(
    __name__,
    {
        "ArrayForecast": "gated.forecast.array_forecast",
        "Forecaster": "gated.forecast.forecaster",
        "Live": "gated.forecast.live.live",
        "forecast_arrays": "gated.forecast.array_forecast",
    },
)


class _Callable(ModuleType):
    """A package that is also the function of its name: `gated.forecast` is both."""

    def __call__(self, values: Any, h: int, **options: Any) -> "ArrayForecast":
        """Forecast arrays; see `forecast_arrays`."""
        from gated.forecast.array_forecast import forecast_arrays

        return forecast_arrays(values, h, **options)


sys.modules[__name__].__class__ = _Callable
