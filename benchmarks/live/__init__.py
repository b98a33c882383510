"""Live states: seconds, bytes, equality with the whole past, coverage after shifts, flags."""
