"""Trains the network of an answerer, with torch."""
