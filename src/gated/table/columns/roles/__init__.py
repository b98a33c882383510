"""Chooses the roles of columns: the time, the target, the series."""
