"""Brings tables of other shapes into rows of series, time and value.

Parts of the time in several columns are joined, several id columns too, and times across the
columns are turned into rows.
"""
