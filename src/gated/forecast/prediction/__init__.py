"""Predicts with a fitted network: quantiles, requested columns, cold-start series."""
