"""Backtests forecasters: forecasts from past cutoffs, scores and a summary."""
