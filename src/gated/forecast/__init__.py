"""Forecasts the series of tables: fits, validates, predicts and backtests."""

from gated.forecast.forecaster import Forecaster

__all__ = ["Forecaster"]
