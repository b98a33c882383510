"""Runs `gated forecast`: the command, its work, and what it writes."""
