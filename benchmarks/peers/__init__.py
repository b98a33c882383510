"""Compares gated with other forecasting libraries: same tables, cuts, scores and machine."""
