"""Held-out windows, and what is estimated on them: weights, interval widths, means, dependence."""
