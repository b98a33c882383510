"""Converts files to arrays and back, a package for each medium."""
