"""Which column holds what, and its values as numbers, labels and times."""
