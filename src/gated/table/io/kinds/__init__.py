"""Reads each kind of file as columns: spreadsheets, JSON, Arrow, archives, packed files."""
