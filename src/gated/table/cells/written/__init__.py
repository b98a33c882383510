"""Reads numbers as people write them: with units, separators, brackets, and marks for no value."""
