"""The implementations that are compared, with equal weights and input."""
