"""Sums a forecast and the past over periods, for reports."""
