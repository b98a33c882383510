"""Finds strings, the times of their symbols and the errors of strings."""
