"""Reads times and infers their grid, seasons, calendar features and public holidays."""
