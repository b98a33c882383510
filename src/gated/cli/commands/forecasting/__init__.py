"""Forecasts tables, and measures forecasts of their past."""
