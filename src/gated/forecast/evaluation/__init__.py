"""Backtests: forecasts from earlier cutoffs, their scores and their summary."""
