"""The options of the commands that read a table."""
