"""Learns from sequences, labels them, writes them down and makes new ones."""
