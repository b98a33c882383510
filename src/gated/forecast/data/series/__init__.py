"""Measures each series by itself: its season, its cycle, its scale, facts on its past values."""
