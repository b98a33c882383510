"""Forecasts tables of many series in many files: speed, memory, and workers that are killed."""
