"""Writes what was measured as tables, a chart and a page."""
