"""Forecasts of requests: their rows as a table, many of them in one call."""
