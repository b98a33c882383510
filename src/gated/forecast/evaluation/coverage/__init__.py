"""Measures the coverage of intervals, tests it, and describes the results."""
