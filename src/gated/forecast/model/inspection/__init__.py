"""Shows what the network read of a past: weights of its memory, gates, derivatives."""
