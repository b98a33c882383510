"""What a terminal shows: messages, progress, charts, columns, and how data leaves the process."""
