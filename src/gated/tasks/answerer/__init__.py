"""Answers questions about stories with a recurrence over sentences whose gates see the question."""
