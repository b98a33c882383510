"""Implements the recurrences, their backward passes and their extras over arrays and tensors."""
