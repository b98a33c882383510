"""Chooses the role of each column (time, id, target, covariate) and reads its values."""
