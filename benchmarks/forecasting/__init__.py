"""Accuracy, seconds and memory of `gated.Forecaster` against baselines and published figures."""
