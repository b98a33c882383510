"""The long short-term memory, with the projection of its output as an option."""
