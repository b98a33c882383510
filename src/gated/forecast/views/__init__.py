"""Plots and report pages of forecasts and backtests."""
