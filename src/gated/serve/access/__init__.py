"""Checks who may use the server, and how much."""
