"""Forecasts with baselines: simple and statistical methods for comparison and combination."""
