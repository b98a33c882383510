"""Converts files of sound to arrays and back."""
