"""Synthetic series: seconds of drawing them, and pictures of each family."""
