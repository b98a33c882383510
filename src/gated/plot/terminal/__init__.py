"""Draws charts, bars and images as text for the terminal."""
