"""Prepares strings and trains on them."""
