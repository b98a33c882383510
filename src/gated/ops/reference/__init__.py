"""Implements the recurrences, their backward passes and their extras as plain torch code."""
