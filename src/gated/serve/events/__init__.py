"""Sends the changes of stored series to those who listen."""
