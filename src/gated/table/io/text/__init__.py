"""Finds the layout of a text file: its encoding, separator, header, rows of data and footer."""
