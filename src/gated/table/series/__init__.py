"""Puts series on one regular grid: sorts rows, fills gaps, filters series, reads future steps."""
