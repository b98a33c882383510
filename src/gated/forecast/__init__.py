"""Forecasts the series of tables: fits, validates, predicts, backtests, and follows new values."""

from typing import TYPE_CHECKING

from gated.lazy import loaded_on_use

if TYPE_CHECKING:
    from gated.forecast.forecaster import Forecaster
    from gated.forecast.live.live import Live

__all__ = ["Forecaster", "Live"]

__getattr__, __dir__ = loaded_on_use(
    __name__,
    {"Forecaster": "gated.forecast.forecaster", "Live": "gated.forecast.live.live"},
)
