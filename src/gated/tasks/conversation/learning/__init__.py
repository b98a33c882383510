"""Trains the network of a conversation and estimates its mixture, with torch."""
