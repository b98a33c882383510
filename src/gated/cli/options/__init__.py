"""Defines options of the terminal: their class, the readers of their values, their parameters."""
