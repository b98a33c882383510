"""Measures accuracy, speed, memory and start-up of gated: `python -m benchmarks --help`."""
