"""Synthetic series: how fast they are drawn, and what they look like."""
