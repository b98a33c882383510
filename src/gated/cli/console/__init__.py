"""Handles the terminal: messages, progress, charts, columns, help, output and exit codes."""
