"""Forecasts the series of tables: fits, validates, predicts, backtests, and follows new values."""

from gated.forecast.forecaster import Forecaster
from gated.forecast.live.live import Live

__all__ = ["Forecaster", "Live"]
