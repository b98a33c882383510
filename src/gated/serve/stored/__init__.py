"""Forecasts of stored series, from states that follow their rows. Read `forecasts.py`."""
