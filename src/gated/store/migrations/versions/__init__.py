"""The changes, in order of their names."""
