"""What the server records of its work: log and metrics."""
