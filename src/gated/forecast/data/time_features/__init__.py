"""Computes the features of times: parts of the calendar, holidays."""
