"""Describes in sentences what was found in a table, and what drives its forecast."""
