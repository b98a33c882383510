"""Finds the closed steps of a table: by a covariate, or by its calendar."""
