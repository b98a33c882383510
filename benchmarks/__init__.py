"""Accuracy, speed, memory and start-up of gated, measured: `python -m benchmarks --help`."""
