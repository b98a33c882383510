"""Measures the estimators for sequences on public data, by fixed protocols."""
