"""Frames as bytes, and where they are written: files and stdout."""
