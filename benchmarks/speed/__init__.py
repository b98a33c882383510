"""Seconds and memory: start-up, many series, a large table."""
