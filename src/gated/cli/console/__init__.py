"""The terminal itself: messages, progress, charts, columns, help, output and exit codes."""
