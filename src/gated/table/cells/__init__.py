"""Parses cells: detects their kind, encodes distinct values, reads numbers and dates."""
