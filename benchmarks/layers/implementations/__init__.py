"""The implementations that are compared, with the same weights and input."""
